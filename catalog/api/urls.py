"""Addresses under /api/v1/catalog. `featured` is ranked by taste and belongs to the recommendations room."""

from django.urls import path

from catalog.api import search, views

urlpatterns = [
    path("titles", views.TitlesView.as_view()),
    path("titles/<uuid:content_id>", views.TitleView.as_view()),
    path("titles/<uuid:content_id>/relations", views.RelationsView.as_view()),
    path("collections", views.CollectionsView.as_view()),
    path("genres", views.GenresView.as_view()),
    path("search", views.SearchView.as_view()),
    path("search/semantic", search.SemanticSearchView.as_view()),
]
