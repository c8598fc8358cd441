"""Addresses under /api/v1/viewing."""

from django.urls import path

from viewing.api import views
from viewing.lane import fast_lane

urlpatterns = [
    path("continue-watching", views.ContinueWatchingView.as_view()),
    path("continue-watching/paused", views.PausedView.as_view()),
    path("bookmarks", fast_lane(views.BookmarksView.as_view())),
    path("bookmarks/batch", views.BookmarkBatchView.as_view()),
    path("bookmarks/by-content/<uuid:content_id>", views.ContentBookmarkView.as_view()),
    path("bookmarks/<uuid:bookmark_id>/dismiss", views.DismissView.as_view()),
    path("bookmarks/<uuid:bookmark_id>/restore", views.RestoreView.as_view()),
    path("bookmarks/<uuid:bookmark_id>/restore-position", views.RestorePositionView.as_view()),
    path("history", views.HistoryView.as_view()),
    path("history/<uuid:play_id>", views.PlayView.as_view()),
    path("ratings", views.RatingsView.as_view()),
    path("ratings/<uuid:title_id>", views.TitleRatingView.as_view()),
    path("changes", views.ChangesView.as_view()),
    path("sessions", views.StreamsView.as_view()),
    path("sessions/<uuid:stream_id>", views.StreamView.as_view()),
    path("sessions/<uuid:stream_id>/heartbeat", views.StreamHeartbeatView.as_view()),
    path("watchlist", views.WatchlistView.as_view()),
    path("watchlist/order", views.WatchlistOrderView.as_view()),
    path("watchlist/<uuid:title_id>", views.WatchlistTitleView.as_view()),
]
