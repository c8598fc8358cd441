"""Addresses of channels and the schedule under /api/v1/admin."""

from django.urls import path

from epg.api.staff import views
from epg.api.staff.schedule import views as schedule

urlpatterns = [
    path("channels", views.StaffChannelsView.as_view()),
    path("channels/<uuid:channel_id>", views.StaffChannelView.as_view()),
    path("channels/<uuid:channel_id>/restore", views.RestoreChannelView.as_view()),
    path("channels/<uuid:channel_id>/schedule", schedule.StaffPeriodView.as_view()),
    path("schedule", schedule.StaffScheduleView.as_view()),
    path("schedule/<uuid:programme_id>", schedule.StaffProgrammeView.as_view()),
]
