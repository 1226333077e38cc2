"""Tables of steering. A task is kept as it was set; what was done about a body's part of it is only added to."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Task(models.Model):
    """What a document asks of one or several bodies."""

    id = models.UUIDField(primary_key=True)
    code = models.TextField(unique=True)
    document = models.TextField()
    clause = models.TextField()
    wording = models.TextField()
    group = models.TextField()
    owners = ArrayField(models.TextField())
    co_owners = ArrayField(models.TextField(), default=list)
    deadline = models.TextField()  # as `deadlines.parse_deadline` reads it
    deliverable = models.TextField(default="", db_default="")
    legal_basis = models.TextField(default="", db_default="")
    assigned_on = models.DateField()
    depends_on = ArrayField(models.TextField(), default=list)
    at = models.DateTimeField()
    account = models.TextField()

    class Meta:
        db_table = "steering_task"
        indexes = [models.Index(fields=["document", "code"], name="task_of_document")]


class Assignment(models.Model):
    """A body's part of a task: an index over its actions, brought up to date with each of them."""

    pk = models.CompositePrimaryKey("task_id", "body")
    task_id = models.UUIDField()
    body = models.TextField()
    state = models.TextField()
    deadline = models.TextField()
    due = models.DateField(null=True)
    done_on = models.DateField(null=True)
    percent = models.IntegerField(default=0, db_default=0)
    extension_asked = models.TextField(default="", db_default="")
    is_stated_late = models.BooleanField(default=False, db_default=False)
    is_told = models.BooleanField(default=False, db_default=False)
    actions = models.IntegerField(default=0, db_default=0)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "steering_assignment"
        indexes = [
            models.Index(fields=["body", "state", "due"], name="assignment_of_body"),
            models.Index(fields=["state", "due", "task_id", "body"], name="assignment_due"),
        ]


class TaskAction(models.Model):
    """Append-only: what was done about a body's part, for which day, by whom."""

    pk = models.CompositePrimaryKey("task_id", "body", "number")
    task_id = models.UUIDField()
    body = models.TextField()
    number = models.IntegerField()
    kind = models.TextField()
    on = models.DateField()
    at = models.DateTimeField()
    organisation = models.TextField()
    account = models.TextField()
    text = models.TextField(default="", db_default="")
    data = models.JSONField(default=dict)

    class Meta:
        db_table = "steering_taskaction"
        indexes = [models.Index(fields=["on"], name="task_action_day")]


class Figure(models.Model):
    """Append-only: a value of an indicator for a body (empty: the nation) and a period; a correction is a version more."""

    pk = models.CompositePrimaryKey("indicator", "body", "period", "version")
    indicator = models.TextField()
    body = models.TextField()
    period = models.TextField()
    version = models.IntegerField()
    end = models.DateField()
    value = models.DecimalField(max_digits=30, decimal_places=10)
    source = models.TextField()
    reason = models.TextField(default="", db_default="")
    recorded_at = models.DateTimeField()
    account = models.TextField()

    class Meta:
        db_table = "steering_figure"
        indexes = [
            models.Index(fields=["indicator", "end", "body"], name="figure_of_indicator"),
            models.Index(fields=["body", "indicator", "end"], name="figure_of_body"),
        ]
