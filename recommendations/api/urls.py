"""Addresses under /api/v1/recommendations."""

from django.urls import path

from recommendations.api import views

urlpatterns = [
    path("home", views.HomeView.as_view()),
    path("similar/<uuid:title_id>", views.SimilarView.as_view()),
    path("post-play/<uuid:content_id>", views.PostPlayView.as_view()),
]
