"""The table of contents: which address leads to which room."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from catalog.api.views import landscape, poster
from common.health import LiveView, ReadyView
from config.views import index
from epg.api.views import channel_logo
from recommendations.api.views import FeaturedView

handler400 = "common.api.handlers.bad_request"
handler403 = "common.api.handlers.permission_denied"
handler404 = "common.api.handlers.page_not_found"
handler500 = "common.api.handlers.server_error"

api: list[URLPattern | URLResolver] = [
    path("auth/", include("accounts.api.urls")),
    # Lies under the catalogue's address, but is ranked by taste: the later room owns it.
    path("catalog/featured", FeaturedView.as_view()),
    path("catalog/", include("catalog.api.urls")),
    path("epg/", include("epg.api.urls")),
    path("viewing/", include("viewing.api.urls")),
    path("recommendations/", include("recommendations.api.urls")),
    path("schema", SpectacularAPIView.as_view(), name="schema"),
    path("docs", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
]

admin.site.site_header = admin.site.site_title = "Marquee"
admin.site.index_title = "Catalogue, guide and accounts"

urlpatterns = [
    path("", index),
    path("api/v1/", include(api)),
    path("health/live", csrf_exempt(LiveView.as_view())),
    path("health/ready", csrf_exempt(ReadyView.as_view())),
    path("health", csrf_exempt(ReadyView.as_view())),
    path("artwork/posters/<uuid:title_id>.svg", poster, name="poster"),
    path("artwork/landscapes/<uuid:title_id>.svg", landscape, name="landscape"),
    path("artwork/logos/<uuid:channel_id>.svg", channel_logo, name="channel-logo"),
    path("admin", RedirectView.as_view(url="/admin/")),
    path("admin/", admin.site.urls),
]
