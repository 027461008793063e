# What the finders and the news say. uk.ftl and ru.ftl beside it have the same keys.

## Finding cars

cars-welcome = Looking for a car? Say once what it may cost and where; each ad that fits comes to you.
wanted-car-new = New search
wanted-car-mine = My searches
wanted-car-low = What should it cost at least, in US dollars?
    .label = From
wanted-car-high = And at most?
    .label = Up to
wanted-car-regions = In which regions? Tick any; none means all.
    .label = Regions

## Finding repairs

work-welcome = A workshop without work? Say what you repair and where; each request that fits comes to you.
wanted-work-new = New search
wanted-work-mine = My searches
wanted-work-kinds = What do you repair? Tick any; none means everything.
    .label = Kinds
wanted-work-regions = In which regions? Tick any; none means all.
    .label = Regions

## News

news-welcome = What the town hall has to tell, at once or once a day.
news-subscribe = Subscribe
news-mine = My subscriptions
