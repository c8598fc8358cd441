"""Addresses under /api/v1/epg."""

from django.urls import path

from epg.api import views

urlpatterns = [
    path("channels", views.ChannelsView.as_view()),
    path("schedule/<uuid:channel_id>", views.ScheduleView.as_view()),
    path("now", views.NowView.as_view()),
    path("search", views.GuideSearchView.as_view()),
    path("favorites/<uuid:channel_id>", views.FavouriteView.as_view()),
]
