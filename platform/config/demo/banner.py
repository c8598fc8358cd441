"""What `make demo` prints once it serves: addresses, accounts, and three lines to paste. Reads no settings."""

from __future__ import annotations

import json
from pathlib import Path

TEMPLATE = """
Marquee is on air.

  API      {base}/api/v1
  Docs     {base}/api/v1/docs
  Admin    {base}/admin/
  Health   {base}/health

Accounts
{accounts}

Try it: log in, Alice's home page, what is on now
{lines}

Ctrl-C stops it. Nothing is lost.
"""


def banner(*, port: int, accounts_file: Path) -> str:
    """The text for a server on this port of 127.0.0.1."""
    accounts = json.loads(accounts_file.read_text(encoding="utf-8"))
    base = f"http://127.0.0.1:{port}"
    rows = [
        f"  {account['email']:<18} {account['password'] or '(changed by you)':<18} {account['who']}"
        for account in accounts
    ]
    # Staff may have deleted all of them.
    lines = curl_lines(base, accounts[0]) if accounts else []
    return TEMPLATE.format(base=base, accounts="\n".join(rows), lines="\n".join(lines))


def curl_lines(base: str, account: dict[str, str | None]) -> list[str]:
    """Three lines that each work on their own."""
    body = json.dumps({"email": account["email"], "password": account["password"] or "YOUR-PASSWORD"})
    log_in = f"curl -s {base}/api/v1/auth/login -H 'Content-Type: application/json' -d '{body}'"
    home = f"{base}/api/v1/recommendations/home?profile_id={account['profile_id']}"
    token = f"$({log_in} | cut -d'\"' -f4)"
    return [log_in, f'curl -s "{home}" -H "Authorization: Bearer {token}"', f"curl -s {base}/api/v1/epg/now"]
