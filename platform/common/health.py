"""Is this process alive, and may it be sent requests? The three addresses of contract 2.12."""

from __future__ import annotations

import dataclasses
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.generic import View
from health_check.base import HealthCheck
from health_check.checks import Database
from health_check.views import HealthCheckView

# Two threads for the life of the process. The library's default would add a thread a request while the
# database hangs, and closing an executor waits for the hanging check.
_executor = ThreadPoolExecutor(max_workers=2, thread_name_prefix="health")


@dataclasses.dataclass
class DatabaseAnswers(Database):  # type: ignore[misc]  # the library is untyped
    """The database answers `SELECT 1` within two seconds (the library adds one before it gives up)."""

    timeout = timedelta(seconds=2)


class LiveView(View):
    """200 as long as the process answers at all; touches no dependency."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """`{"status": "ok"}`."""
        return JsonResponse({"status": "ok"})


class ReadyView(HealthCheckView):  # type: ignore[misc]  # the library is untyped
    """200 when every dependency answers, 503 naming the one that does not; always JSON, within five seconds."""

    checks = (DatabaseAnswers,)
    http_method_names = ["get", "head", "options"]
    names: dict[type[HealthCheck], str] = {DatabaseAnswers: "database"}

    async def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """`{"status", "checks": {name: "ok" | "unreachable"}}`."""
        with self.get_executor() as executor:
            results = [await check.get_result(executor) for check in self.get_checks()]
        checks = {self.names[type(result.check)]: "unreachable" if result.error else "ok" for result in results}
        failed = "unreachable" in checks.values()
        return JsonResponse(
            {"status": "degraded" if failed else "ok", "checks": checks},
            status=503 if failed else 200,
        )

    def get_executor(self) -> AbstractContextManager[Executor | None]:
        """The shared executor, which stays open."""
        return nullcontext(_executor)
