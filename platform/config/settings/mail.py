"""Mail: who sends it, from whom, and where the link to a new password leads."""

from config import env
from config.settings.base import IS_PRODUCTION

_mail = env.email("EMAIL_URL", default="dummymail://" if IS_PRODUCTION else "consolemail://")
EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
EMAIL_HOST = _mail["EMAIL_HOST"]
EMAIL_PORT = _mail["EMAIL_PORT"]
EMAIL_HOST_USER = _mail["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = _mail.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _mail.get("EMAIL_USE_SSL", False)
# Without one, a server that hangs would hold a worker until it is replaced.
EMAIL_TIMEOUT = 10
# False in production until EMAIL_URL is set: then nobody is promised a mail that never comes.
SENDS_MAIL = EMAIL_BACKEND != "django.core.mail.backends.dummy.EmailBackend"

DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.mail_address("MAIL_FROM", "Marquee <no-reply@localhost>")

# The page of the client that takes the new password; the token of the mail is put in.
PASSWORD_RESET_URL = env.link(
    "PASSWORD_RESET_URL",
    "" if IS_PRODUCTION else "http://localhost:5173/reset-password?token={token}",
    gap="{token}",
)
if SENDS_MAIL and not PASSWORD_RESET_URL:
    raise env.refuse("PASSWORD_RESET_URL is not set; mails about a forgotten password must lead somewhere.")

PASSWORD_RESET_TIMEOUT = 60 * env.whole_number("PASSWORD_RESET_MINUTES", default=60, minimum=5, maximum=10_080)
# Mail is sent by so many threads of each process, beside the requests; 0 sends it before the answer.
MAIL_THREADS = 2
