"""The settings of Django, one file per topic. Every value an operator may change is read through `config.env`."""

from config.settings.base import *
from config.settings.api import *
from config.settings.database import *
from config.settings.logs import *
from config.settings.security import *
from config.settings.server import *
