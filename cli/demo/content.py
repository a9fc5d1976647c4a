"""The shop's mails and the campaigns that send them."""

from typing import Any

_PAGE = """<!doctype html>
<html lang="en"><body style="margin:0;background:#f4f1ea;font-family:Georgia,serif;color:#2b2b2b">
<div style="max-width:560px;margin:0 auto;padding:32px;background:#ffffff">
<p style="letter-spacing:2px;color:#8a6d3b">THE QUIET KITCHEN</p>
%s
</div></body></html>"""
_LEAVE = """<p style="font-size:12px;color:#777777">
<a href="{{ unsubscribe_url }}">Unsubscribe</a></p>"""

ORDER_THANKS: dict[str, Any] = {
    "name": "order-thanks",
    "channel": "email",
    "subject": "Thank you for your order, {{ profile.first_name | default('friend') }}",
    "html": _PAGE
    % """<h1>Thank you, {{ profile.first_name | default('friend') }}!</h1>
<p>Your order {{ event.properties.order_id | default('') }} is on its way to you.</p>
<ul>{% for line in event.properties.products | default([]) %}
<li>{{ line.quantity | default(1) }} &times; {{ line.name }}</li>{% endfor %}</ul>
<p><strong>Total: {{ event.properties.total | default('') }}
{{ event.properties.currency | default('EUR') }}</strong></p>
<p><a href="https://shop.example.org/orders">Follow your parcel</a></p>""",
    "text": """Thank you, {{ profile.first_name | default('friend') }}!

Your order {{ event.properties.order_id | default('') }} is on its way to you.
Total: {{ event.properties.total | default('') }} {{ event.properties.currency | default('EUR') }}

Follow your parcel: https://shop.example.org/orders
""",
    "missing": "fail",
    "sample": {"profile": {"first_name": "Ada"}, "event": {"properties": {"total": 42}}},
}
WELCOME: dict[str, Any] = {
    "name": "welcome",
    "channel": "email",
    "subject": "Welcome to the Quiet Kitchen",
    "html": _PAGE
    % f"""<h1>Good to have you here, {{{{ profile.first_name | default('friend') }}}}</h1>
<p>Once a month we write about one thing that is made well.</p>
<p><a href="https://shop.example.org/stories">Read the first story</a></p>
{_LEAVE}""",
    "text": None,
    "missing": "fail",
    "sample": {"profile": {"first_name": "Ada"}},
}
CART_REMINDER: dict[str, Any] = {
    "name": "cart-reminder",
    "channel": "email",
    "subject": "Still thinking it over?",
    "html": _PAGE
    % f"""<h1>We kept your cart</h1>
<p>{{{{ profile.first_name | default('Hello') }}}}, these are still waiting for you:</p>
<ul>{{% for line in event.properties.products | default([]) %}}
<li>{{{{ line.name }}}}, {{{{ line.price }}}} EUR</li>{{% endfor %}}</ul>
<p><a href="https://shop.example.org/cart">Back to the cart</a></p>
{_LEAVE}""",
    "text": None,
    "missing": "fail",
    "sample": {"event": {"properties": {"products": [{"name": "Oak bowl", "price": 34}]}}},
}
# What a policy names as the template of its `double_opt_in`; ready to be used as it is.
CONFIRM: dict[str, Any] = {
    "name": "confirm-subscription",
    "channel": "email",
    "subject": "Please confirm that you want our letters",
    "html": _PAGE
    % """<h1>One more step, {{ profile.first_name | default('friend') }}</h1>
<p>Somebody, we hope you, asked us to write to this address.</p>
<p><a href="{{ data.confirm_url }}">Yes, write to me</a></p>
<p>If that was not you, do nothing: without your word we do not write again.</p>""",
    "text": """One more step, {{ profile.first_name | default('friend') }}.

Somebody, we hope you, asked us to write to this address. If you want that, open this page
and press its button:

{{ data.confirm_url }}

If that was not you, do nothing: without your word we do not write again.
""",
    "missing": "fail",
    "sample": {
        "profile": {"first_name": "Ada"},
        "data": {"confirm_url": "https://shop.example.org/c/sample", "topic": "news"},
    },
}
TEMPLATES = (ORDER_THANKS, WELCOME, CART_REMINDER, CONFIRM)
CAMPAIGNS: tuple[dict[str, Any], ...] = (
    {
        "name": "Order thanks",
        "kind": "triggered",
        "on": {"event": "Order Completed"},
        "template": "order-thanks",
        "channel": "email",
    },
    {
        "name": "Welcome",
        "kind": "triggered",
        "on": {"event": "Signed Up"},
        "template": "welcome",
        "channel": "email",
        "topic": "news",
    },
    {
        "name": "Cart reminder",
        "kind": "triggered",
        "on": {
            "event": "Cart Abandoned",
            "where": [{"path": "total", "op": "gte", "value": 20}],
        },
        "template": "cart-reminder",
        "channel": "email",
        "topic": "offers",
    },
)
# Whom the welcome line's order is for: a mail needs an address.
WATCHER = {
    "type": "identify",
    "messageId": "demo-you-1",
    "userId": "you@example.org",
    "traits": {"email": "you@example.org", "first_name": "You"},
}
