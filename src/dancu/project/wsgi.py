"""The pages' process: Django under WSGI."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from granian.utils.proxies import wrap_wsgi_with_proxy_headers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dancu.project.settings")
application = get_wsgi_application()
if settings.CONFIG.trusted_proxies:
    # Whoever knocks is told from the proxy in front; a header of anybody else counts for nothing.
    application = wrap_wsgi_with_proxy_headers(application, list(settings.CONFIG.trusted_proxies))
