# What the town board says. uk.ftl and ru.ftl beside it have the same keys.

## Repairs wanted

repairs-welcome = Something broken on your car? Describe it once, and every workshop that reads the board sees it.
repair-new = Ask for a repair
repair-mine = My requests

repair-name = What is your name?
    .label = Name
repair-kind = What needs attention?
    .label = Kind
repair-car = Which car is it? Make, year and engine on one line will do.
    .label = Car
    .hint = For example: Lada Niva, 2011, 1.7 petrol
repair-problem = What is the matter with it?
    .label = Problem
repair-photo = Would a picture help? One is enough.
    .label = Photo
repair-town = In which town is the car?
    .label = Town
    .hint = Write its name or the first letters of it.

kind-engine = Engine and chassis
kind-body = Bodywork
kind-electrics = Electrics
kind-computer = Computer diagnostics
kind-advice = Advice wanted
kind-parts = Spare parts
kind-fuel = Fuel
kind-other = Something else

repair-is-open = open
repair-is-done = repaired
repair-to-done = It is repaired
repair-done = Your request no. { $number } is on the board. Workshops will answer in its comments.
repair-withdraw = Take the request back
repair-follow-feedback = Tell how it went

## Cars for sale

bazaar-welcome = Here cars find new owners. Your ad stays on the board until you say that the car is sold.
ad-new = Sell a car
ad-mine = My ads

ad-name = What is your name?
    .label = Name
ad-phone = Which number may buyers call?
    .label = Phone
ad-car = Which car is it? Make, year and engine on one line will do.
    .label = Car
    .hint = For example: Škoda Fabia, 2014, 1.2 petrol
ad-mileage = How far has it gone, in thousands of kilometres?
    .label = Mileage
ad-price = What does it cost, in US dollars?
    .label = Price
ad-bargain = May people haggle?
    .label = Haggling
ad-bargain-yes = Open to offers
ad-bargain-no = Fixed price
ad-description = What should a buyer know about it?
    .label = Description
ad-photos = Now some photos, the best one first. Send one by one or all together.
    .label = Photos
ad-town = In which town can it be seen?
    .label = Town
    .hint = Write its name or the first letters of it.

ad-distance =
    { $thousands ->
        [0] as good as new
        [one] { $thousands } thousand km
       *[other] { $thousands } thousand km
    }
ad-sold = SOLD
ad-is-on-sale = for sale
ad-is-sold = sold
ad-to-sold = It is sold
ad-done = Your ad no. { $number } is on the board. Good luck!
ad-again = Put it up again
ad-withdraw = Take the ad off
ad-remind = Your ad no. { $number } has been on the board for three weeks. Is the car sold?

## Feedback

feedback-words = How did it go? Others will be glad to know.
    .label = Feedback
feedback-done = Thank you! Your words stand beside request no. { $number }.
