"""The table of contents: which address leads to which room."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import RedirectView

from accounts.admin_site import OwnPasswordView
from catalog.api.views import landscape, poster
from common.health import LiveView, ReadyView
from config.staff import StatsView
from config.views import DocsView, SchemaView, index
from epg.api.views import channel_logo
from recommendations.api.views import FeaturedView

handler400 = "common.api.handlers.bad_request"
handler403 = "common.api.handlers.permission_denied"
handler404 = "common.api.handlers.page_not_found"
handler500 = "common.api.handlers.server_error"

# Everything here inherits `accounts.staff.StaffView`; a test finds what does not.
staff: list[URLPattern | URLResolver] = [
    path("stats", StatsView.as_view()),
    path("", include("accounts.api.staff.urls")),
    path("", include("catalog.api.staff.urls")),
    path("", include("epg.api.staff.urls")),
]

api: list[URLPattern | URLResolver] = [
    path("auth/", include("accounts.api.urls")),
    # Lies under the catalogue's address, but is ranked by taste: the later room owns it.
    path("catalog/featured", FeaturedView.as_view()),
    path("catalog/", include("catalog.api.urls")),
    path("epg/", include("epg.api.urls")),
    path("viewing/", include("viewing.api.urls")),
    path("recommendations/", include("recommendations.api.urls")),
    path("admin/", include(staff)),
    path("schema", SchemaView.as_view(), name="schema"),
    path("docs", DocsView.as_view(url_name="schema"), name="docs"),
]

admin.site.site_header = admin.site.site_title = "Marquee"
admin.site.index_title = "Catalogue, guide and accounts"

urlpatterns = [
    path("", index),
    path("api/v1/", include(api)),
    path("health/live", csrf_exempt(LiveView.as_view())),
    path("health/ready", csrf_exempt(ReadyView.as_view())),
    path("health", csrf_exempt(ReadyView.as_view())),
    path("artwork/posters/<uuid:title_id>/<str:seal>.svg", poster, name="poster"),
    path("artwork/landscapes/<uuid:title_id>/<str:seal>.svg", landscape, name="landscape"),
    path("artwork/logos/<uuid:channel_id>.svg", channel_logo, name="channel-logo"),
    path("admin", RedirectView.as_view(url="/admin/")),
    # Before Django's own of the same address, which lets the old password be guessed for ever.
    path("admin/password_change/", admin.site.admin_view(OwnPasswordView.as_view(), cacheable=True)),
    path("admin/", admin.site.urls),
]
