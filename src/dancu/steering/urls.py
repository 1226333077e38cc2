"""Addresses of steering: the board, tasks, one task."""

from django.urls import path

from dancu.steering import pages

urlpatterns = [
    path("theo-doi", pages.board_page, name="steering"),
    path("theo-doi/nhiem-vu", pages.tasks_page, name="steering-tasks"),
    path("theo-doi/nhiem-vu/<str:code>", pages.task_page, name="steering-task"),
    path("theo-doi/nhiem-vu/<str:code>/<str:body>", pages.part_page, name="steering-part"),
]
