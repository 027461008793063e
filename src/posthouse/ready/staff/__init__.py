"""`/ban`, `/post_ad` and `/statistics`: what staff do in chat, whatever the bot is for.

Each is for persons with the role `staff`; of others a group hears nothing back, and what was done
is written into the table `audit`.
"""

from posthouse.ready.staff.banning import ban_author
from posthouse.ready.staff.base import app
from posthouse.ready.staff.counting import statistics
from posthouse.ready.staff.posting import post_ad

__all__ = ["app", "ban_author", "post_ad", "statistics"]
