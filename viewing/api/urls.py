"""Addresses under /api/v1/viewing."""

from django.urls import path

from viewing.api import views

urlpatterns = [
    path("continue-watching", views.ContinueWatchingView.as_view()),
    path("continue-watching/paused", views.PausedView.as_view()),
    path("bookmarks", views.BookmarksView.as_view()),
    path("bookmarks/by-content/<uuid:content_id>", views.ContentBookmarkView.as_view()),
    path("bookmarks/<uuid:bookmark_id>/dismiss", views.DismissView.as_view()),
    path("bookmarks/<uuid:bookmark_id>/restore", views.RestoreView.as_view()),
    path("ratings", views.RatingsView.as_view()),
    path("ratings/<uuid:title_id>", views.TitleRatingView.as_view()),
    path("watchlist", views.WatchlistView.as_view()),
    path("watchlist/<uuid:title_id>", views.WatchlistTitleView.as_view()),
]
