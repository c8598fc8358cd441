"""Addresses of channels and the schedule under /api/v1/admin."""

from django.urls import path

from epg.api.staff import views

urlpatterns = [
    path("channels", views.StaffChannelsView.as_view()),
    path("channels/<uuid:channel_id>", views.StaffChannelView.as_view()),
    path("channels/<uuid:channel_id>/restore", views.RestoreChannelView.as_view()),
    path("schedule", views.StaffScheduleView.as_view()),
    path("schedule/<uuid:programme_id>", views.StaffProgrammeView.as_view()),
]
