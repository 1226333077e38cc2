"""The database holds four eyes once more, whatever program writes: no decision by a hand that wrote."""

from django.db import migrations

FUNCTION = """
create function registrar_four_eyes() returns trigger language plpgsql as $$
begin
    if new.kind in ('approve', 'reject', 'return') and exists (
        select from registrar_requestaction a
        where a.request_id = new.request_id and a.kind in ('write', 'submit')
          and (a.account in (new.account, new.acting_for ->> 'account') or a.acting_for ->> 'account' = new.account
            or a.holder in (new.holder, new.acting_for ->> 'holder') or a.acting_for ->> 'holder' = new.holder
            or a.unit in (new.unit, new.acting_for ->> 'unit') or a.acting_for ->> 'unit' = new.unit)
    ) then
        raise exception 'a decision by a hand that wrote' using errcode = 'check_violation', constraint = 'registrar_four_eyes';
    end if;
    return new;
end $$;
create trigger registrar_four_eyes before insert on registrar_requestaction for each row execute function registrar_four_eyes();
"""
BACK = "drop trigger registrar_four_eyes on registrar_requestaction; drop function registrar_four_eyes();"


class Migration(migrations.Migration):
    dependencies = [("registrar", "0001_requests")]

    operations = [migrations.RunSQL(FUNCTION, BACK)]
