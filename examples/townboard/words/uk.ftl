# What the town board says; en.ftl beside it has notes.

## Repairs wanted

repairs-welcome = Щось не так з автівкою? Опишіть це один раз — і заявку побачить кожна майстерня, що читає дошку.
repair-new = Попросити про ремонт
repair-mine = Мої заявки

repair-name = Як вас звати?
    .label = Ім’я
repair-kind = Що потребує уваги?
    .label = Вид
repair-car = Що за автомобіль? Досить марки, року та двигуна в одному рядку.
    .label = Автомобіль
    .hint = Наприклад: Lada Niva, 2011, бензин 1.7
repair-problem = Що з ним сталося?
    .label = Несправність
repair-photo = Може, додати знімок? Одного досить.
    .label = Фото
repair-town = У якому місті автомобіль?
    .label = Місто
    .hint = Напишіть назву або її перші літери.

kind-engine = Двигун і ходова
kind-body = Кузов
kind-electrics = Електрика
kind-computer = Комп’ютерна діагностика
kind-advice = Потрібна порада
kind-parts = Запчастини
kind-fuel = Пальне
kind-other = Щось інше

repair-is-open = очікує
repair-is-done = відремонтовано
repair-to-done = Уже полагодили
repair-done = Вашу заявку № { $number } розміщено на дошці. Майстерні відповідатимуть у коментарях до неї.
repair-withdraw = Зняти заявку
repair-follow-feedback = Розповісти, як усе минуло

## Cars for sale

bazaar-welcome = Тут автомобілі знаходять нових господарів. Оголошення лишається на дошці, доки ви не скажете, що авто продано.
ad-new = Продати автомобіль
ad-mine = Мої оголошення

ad-name = Як вас звати?
    .label = Ім’я
ad-phone = За яким номером можна телефонувати?
    .label = Телефон
ad-car = Що за автомобіль? Досить марки, року та двигуна в одному рядку.
    .label = Автомобіль
    .hint = Наприклад: Škoda Fabia, 2014, бензин 1.2
ad-mileage = Який пробіг, у тисячах кілометрів?
    .label = Пробіг
ad-price = Яка ціна, у доларах США?
    .label = Ціна
ad-bargain = Чи можна торгуватися?
    .label = Торг
ad-bargain-yes = Торг можливий
ad-bargain-no = Без торгу
ad-description = Що варто знати покупцеві?
    .label = Опис
ad-photos = Тепер знімки, найкращий — першим. Надсилайте по одному або всі разом.
    .label = Фото
ad-town = У якому місті можна оглянути авто?
    .label = Місто
    .hint = Напишіть назву або її перші літери.

ad-distance =
    { $thousands ->
        [0] майже новий
        [one] { $thousands } тисяча км
        [few] { $thousands } тисячі км
       *[other] { $thousands } тисяч км
    }
ad-sold = ПРОДАНО
ad-is-on-sale = продається
ad-is-sold = продано
ad-to-sold = Уже продано
ad-done = Ваше оголошення № { $number } розміщено на дошці. Хай щастить!
ad-again = Розмістити ще раз
ad-withdraw = Зняти оголошення
ad-remind = Ваше оголошення № { $number } висить на дошці вже три тижні. Авто продано?

## Feedback

feedback-words = Як усе минуло? Іншим буде корисно знати.
    .label = Відгук
feedback-done = Дякуємо! Ваш відгук додано до заявки № { $number }.
