"""The one view that ORM and gateway read: `population.person_facts`."""

from django.db import migrations

VIEW = """
create schema population;
create view population.person_facts as
select personal_no, number_state, successor_no, full_name, birth_year, birth_month, birth_day, life_status,
       sex, old_id_no, nationality, marital_status,
       other_name,
       birth_place_version, birth_place_code, birth_place_detail,
       birth_registration_version, birth_registration_code, birth_registration_detail,
       home_town_version, home_town_code, home_town_detail,
       ethnicity, religion, blood_type, id_cards, relatives,
       permanent_version, permanent_code, permanent_detail,
       temporary_version, temporary_code, temporary_detail,
       current_version, current_code, current_detail,
       temporary_absence, residence_file_no, household_relation, household_head, household_book_no,
       life_status_on, phone, email, attached
from population_person;
"""


class Migration(migrations.Migration):
    dependencies = [("population", "0001_initial")]
    operations = [migrations.RunSQL(VIEW, reverse_sql="drop view population.person_facts; drop schema population;")]
