# What the town board says; en.ftl beside it has notes.

## Repairs wanted

repairs-welcome = Что-то не так с машиной? Опишите это один раз — и заявку увидит каждая мастерская, которая читает доску.
repair-new = Попросить о ремонте
repair-mine = Мои заявки

repair-name = Как вас зовут?
    .label = Имя
repair-kind = Что требует внимания?
    .label = Вид
repair-car = Что за автомобиль? Достаточно марки, года и двигателя в одной строке.
    .label = Автомобиль
    .hint = Например: Lada Niva, 2011, бензин 1.7
repair-problem = Что с ним случилось?
    .label = Неисправность
repair-photo = Может быть, добавить снимок? Одного достаточно.
    .label = Фото
repair-town = В каком городе автомобиль?
    .label = Город
    .hint = Напишите название или его первые буквы.

kind-engine = Двигатель и ходовая
kind-body = Кузов
kind-electrics = Электрика
kind-computer = Компьютерная диагностика
kind-advice = Нужен совет
kind-parts = Запчасти
kind-fuel = Топливо
kind-other = Что-то другое

repair-is-open = ожидает
repair-is-done = отремонтировано
repair-to-done = Уже починили
repair-done = Ваша заявка № { $number } размещена на доске. Мастерские ответят в комментариях к ней.
repair-withdraw = Снять заявку
repair-follow-feedback = Рассказать, как всё прошло

## Cars for sale

bazaar-welcome = Здесь автомобили находят новых хозяев. Объявление остаётся на доске, пока вы не скажете, что машина продана.
ad-new = Продать автомобиль
ad-mine = Мои объявления

ad-name = Как вас зовут?
    .label = Имя
ad-phone = По какому номеру можно звонить?
    .label = Телефон
ad-car = Что за автомобиль? Достаточно марки, года и двигателя в одной строке.
    .label = Автомобиль
    .hint = Например: Škoda Fabia, 2014, бензин 1.2
ad-mileage = Какой пробег, в тысячах километров?
    .label = Пробег
ad-price = Какая цена, в долларах США?
    .label = Цена
ad-bargain = Можно ли торговаться?
    .label = Торг
ad-bargain-yes = Торг возможен
ad-bargain-no = Без торга
ad-description = Что стоит знать покупателю?
    .label = Описание
ad-photos = Теперь снимки, лучший — первым. Присылайте по одному или все вместе.
    .label = Фото
ad-town = В каком городе можно осмотреть машину?
    .label = Город
    .hint = Напишите название или его первые буквы.

ad-distance =
    { $thousands ->
        [0] почти новый
        [one] { $thousands } тысяча км
        [few] { $thousands } тысячи км
       *[other] { $thousands } тысяч км
    }
ad-sold = ПРОДАНО
ad-is-on-sale = продаётся
ad-is-sold = продано
ad-to-sold = Уже продано
ad-done = Ваше объявление № { $number } размещено на доске. Удачи!
ad-again = Разместить ещё раз
ad-withdraw = Снять объявление
ad-remind = Ваше объявление № { $number } висит на доске уже три недели. Машина продана?

## Feedback

feedback-words = Как всё прошло? Другим будет полезно знать.
    .label = Отзыв
feedback-done = Спасибо! Ваш отзыв добавлен к заявке № { $number }.
