"""The first set of tables; folded until version 1.0 is tagged."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from marketplace.tables import Tables


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '__first__'),
        ('marketplace', '0001_initial'),
    ]

    operations = [
        Tables(
            tables=[migrations.CreateModel(
                name='ListingImport',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('filename', models.CharField(max_length=200, verbose_name='file name')),
                    ('rows', models.JSONField()),
                    ('picture_names', models.JSONField(blank=True, default=list)),
                    ('uploaded_at', models.DateTimeField(verbose_name='uploaded at')),
                    ('applied_at', models.DateTimeField(blank=True, null=True, verbose_name='applied at')),
                    ('is_submitted', models.BooleanField(default=False, verbose_name='handed in at once')),
                    ('entries', models.JSONField(blank=True, default=list)),
                    ('images', models.JSONField(blank=True, default=list)),
                    ('to_publish', models.JSONField(blank=True, default=list)),
                    ('left_to_publish', models.PositiveIntegerField(default=0, verbose_name='small changes not yet on sale')),
                    ('undone_at', models.DateTimeField(blank=True, null=True, verbose_name='undone at')),
                    ('applied_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('pictures', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.privatefile')),
                    ('sheet', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.privatefile')),
                    ('undone_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('vendor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='listing_imports', to='marketplace.vendor')),
                ],
                options={
                    'verbose_name': 'import of listings',
                    'verbose_name_plural': 'imports of listings',
                    'ordering': ['-uploaded_at', '-pk'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('undone_at', None), ('applied_at__isnull', False), _connector='OR'), name='import_undone_after_applied')],
                },
            ), migrations.CreateModel(
                name='VendorMembership',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('began_at', models.DateTimeField(verbose_name='began at')),
                    ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended at')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='vendor_memberships', to=settings.AUTH_USER_MODEL, verbose_name='user account')),
                    ('vendor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='people', to='marketplace.vendor', verbose_name='vendor')),
                ],
                options={
                    'verbose_name': 'vendor membership',
                    'verbose_name_plural': 'vendor memberships',
                    'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('user', 'vendor'), name='vendor_seat_once_per_person')],
                },
            )],
        ),
    ]
