"""Addresses of the catalogue under /api/v1/admin."""

from django.urls import path

from catalog.api.staff import completeness, importing, views

urlpatterns = [
    path("titles", views.StaffTitlesView.as_view()),
    path("titles/import", importing.ImportTitlesView.as_view()),
    path("titles/completeness", completeness.CompletenessView.as_view()),
    path("titles/<uuid:title_id>", views.StaffTitleView.as_view()),
    path("titles/<uuid:title_id>/restore", views.RestoreTitleView.as_view()),
]
