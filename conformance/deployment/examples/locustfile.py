"""Users of a stable-diffusion-webui for Locust, who ask for pictures as programs do.

    pip install 'sdapi-conformance[load]'
    locust -f locustfile.py --host http://127.0.0.1:7860

Locust's page, or --headless --users 4 --run-time 5m, starts them. For several machines run the
same file with --master on one, and with --worker --master-host HOST on the others.

Every answer is compared with its request: another's seed or infotext, a missing image or a wrong
size is a failure. Wait and service have lines of their own. Credentials come from the variables
SDAPI_AUTH (user:password) and SDAPI_TOKEN.
"""

from conformance.load.locust_users import ArrivalUser, PictureUser


class Painter(PictureUser):
    """Asks for a picture, waits for it, thinks, and asks again."""

    mix = "512x512x20:3,768x768x30:1"  # width x height x steps : weight
    think = "5s"  # between two pictures, on average
    poll = "1s"  # between two looks at the progress
    interrupts = "0%"  # pictures given up while they are made; for servers of your own alone
    budget = 32  # pictures of 512x512 at 20 steps that each process asks for, at most


class Arrivals(ArrivalUser):
    """Lets users come at random, whoever is there already; weight 1 and one process are enough."""

    weight = 0  # 1, and 0 for the Painter, takes these instead
    rate = 2.0  # users a minute
    mix = Painter.mix
    budget = Painter.budget
