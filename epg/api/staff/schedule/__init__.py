"""The schedule for staff and services: a day as a table, programme by programme, and a channel's period at once."""
