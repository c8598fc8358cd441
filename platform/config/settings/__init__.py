"""The settings of Django, one file per topic. Every value an operator may change is read through `config.env`.

The database comes last: what is refused is refused before the embedded one is started.
"""

from config.settings.base import *
from config.settings.security import *
from config.settings.mail import *
from config.settings.server import *
from config.settings.cache import *
from config.settings.api import *
from config.settings.sign_in import *
from config.settings.logs import *
from config.settings.audit import *
from config.settings.embeddings import *
from config.settings.guide import *
from config.settings.viewing import *
from config.settings.database import *
