"""The first set of tables; folded until version 1.0 is tagged."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('marketplace', '0002_book_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='VendorMembership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('began_at', models.DateTimeField(verbose_name='began at')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended at')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='vendor_memberships', to=settings.AUTH_USER_MODEL)),
                ('vendor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='people', to='marketplace.vendor')),
            ],
            options={
                'verbose_name': 'vendor membership',
                'verbose_name_plural': 'vendor memberships',
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('user', 'vendor'), name='vendor_seat_once_per_person')],
            },
        ),
    ]
