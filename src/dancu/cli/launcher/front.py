"""The nginx before the gateway: TLS with clients' certificates, limits, and headers that only it may set."""

from __future__ import annotations

import re
from typing import NamedTuple

from dancu.kernel.errors import Invalid

_PLAIN = re.compile(r"[A-Za-z0-9_./:@,+-]+")


class FrontFiles(NamedTuple):
    """The files of the front (*tệp của máy chủ phía trước*)."""

    certificate: str
    key: str
    client_ca: str
    revocations: str = ""


TEMPLATE = """# Written by `dancu front`: write it again instead of changing it.
worker_processes auto;
pid logs/nginx.pid;
error_log logs/error.log warn;
events {{ worker_connections 4096; }}

http {{
    # No address with its query: personal numbers can stand there. `$uri` is the path alone.
    log_format dancu '$remote_addr [$time_iso8601] $request_method $uri $status $body_bytes_sent $request_time $ssl_client_serial';
    access_log logs/access.log dancu;
    server_tokens off;
    default_type application/octet-stream;
    client_body_temp_path logs/body;
    proxy_temp_path logs/proxy;
    fastcgi_temp_path logs/fastcgi;
    uwsgi_temp_path logs/uwsgi;
    scgi_temp_path logs/scgi;

    # The gateway takes 256 KiB in 30 seconds; whoever needs more is stopped here.
    client_max_body_size 300k;
    client_header_timeout 15s;
    client_body_timeout 15s;
    send_timeout 30s;
    keepalive_timeout 75s;
    large_client_header_buffers 4 16k;
    limit_conn_zone $binary_remote_addr zone=each_address:10m;
    underscores_in_headers off;
    ignore_invalid_headers on;

    upstream gateway {{
        server {gateway};
        keepalive 64;
    }}

    server {{
        listen {listen} ssl;
        server_name {name};
        limit_conn each_address 200;

        ssl_certificate {certificate};
        ssl_certificate_key {key};
        ssl_protocols TLSv1.2 TLSv1.3;
        ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;
        ssl_prefer_server_ciphers off;
        ssl_session_tickets off;
        ssl_session_cache shared:dancu:10m;
        ssl_client_certificate {client_ca};
        ssl_verify_client on;
        ssl_verify_depth 3;{crl}

        location / {{
            proxy_pass http://gateway;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $http_host;
            # What a client says about where it comes from is replaced, never added to.
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_set_header X-Forwarded-Proto https;
            proxy_set_header X-Forwarded-Host "";
            proxy_set_header Forwarded "";
            proxy_set_header X-Real-IP "";
            proxy_set_header Dancu-Front-Verified $ssl_client_verify;
            proxy_set_header Dancu-Front-Certificate $ssl_client_escaped_cert;
            include front-secret.conf;
            proxy_connect_timeout 2s;
            proxy_read_timeout 30s;
            proxy_request_buffering on;
            proxy_buffering on;
            proxy_next_upstream off;  # no question is asked twice by itself
        }}
    }}
}}
"""


def front_configuration(files: FrontFiles, *, listen: str, gateway: str, name: str) -> str:
    """The whole of nginx.conf. Raises `Invalid` for words that could be more than a word there."""
    for word in (*filter(None, files), listen, gateway, name):
        if not _PLAIN.fullmatch(word):
            raise Invalid("front.word", f"{word!r} không dùng được trong cấu hình nginx.", f"{word!r} cannot stand in nginx.conf.")
    crl = f"\n        ssl_crl {files.revocations};" if files.revocations else ""
    return TEMPLATE.format(
        gateway=gateway, listen=listen, name=name, certificate=files.certificate, key=files.key, client_ca=files.client_ca, crl=crl
    )


def secret_line(secret: str) -> str:
    """What `front-secret.conf` holds: the header that proves to the gateway that the front is the front."""
    if not _PLAIN.fullmatch(secret):
        raise Invalid("front.secret", "Khoá của máy chủ phía trước không đúng dạng.", "The front's secret has a wrong form.")
    return f"proxy_set_header Dancu-Front-Secret {secret};\n"
