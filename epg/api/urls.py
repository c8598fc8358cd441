"""Addresses under /api/v1/epg."""

from django.urls import path

from epg.api import views

urlpatterns = [
    path("channels", views.ChannelsView.as_view()),
    path("schedule/<uuid:channel_id>", views.ScheduleView.as_view()),
    path("now", views.NowView.as_view()),
    path("grid", views.GridView.as_view()),
    path("changes", views.ChangesView.as_view()),
    path("programs/<uuid:programme_id>", views.ProgrammeView.as_view()),
    path("reminders", views.RemindersView.as_view()),
    path("reminders/<uuid:programme_id>", views.ReminderView.as_view()),
    path("search", views.GuideSearchView.as_view()),
    path("favorites/<uuid:channel_id>", views.FavouriteView.as_view()),
]
