# То, что фреймворк говорит сам. Ключи те же, что и в других языках; пояснения к ним стоят в en.ftl.

## When something cannot be done

posthouse-sorry = Извините, здесь что-то пошло не так. Мы это записали, и те, кто ведёт этого бота, это увидят.
posthouse-button-gone = Эта кнопка больше не работает.
posthouse-link-gone = Эта ссылка больше не работает.

## Commands

posthouse-unknown-command = Я не знаю команды /{ $command }.
posthouse-unknown-command-near = Я не знаю команды /{ $command }. Возможно, вы имели в виду /{ $near }?
posthouse-unknown-command-help = Я не знаю команды /{ $command }. /help расскажет, что я умею.
posthouse-unknown-command-known =
    Я не знаю команды /{ $command }. Я знаю: { $listed }{ $more ->
        [true] …
       *[false] .
    }

posthouse-argument-wrong = { $name }: «{ $typed }» не подходит, здесь должно быть: { $expected }.
posthouse-argument-missing = Не хватает { $name }, здесь должно быть: { $expected }.
posthouse-argument-surplus = Это лишнее: «{ $typed }».
posthouse-argument-usage = Как писать: { $usage }
posthouse-argument-example = Пример: { $example }
posthouse-argument-word = слово или несколько слов в кавычках
    .example = слово
posthouse-argument-words = несколько слов
    .example = несколько слов
posthouse-argument-whole = целое число (3, -12)
    .label = целое число
posthouse-argument-number = число (2, 2.5)
    .label = число
posthouse-argument-exact = число (2, 2.50)
    .label = число
posthouse-argument-switch = yes (да) или no (нет)
posthouse-argument-duration = длительность (10s, 20m, 1h30m, 2d, 1w, PT1H30M)
    .label = длительность
posthouse-argument-moment = дата (2031-05-17) или дата и время (2031-05-17T16:30; без пояса это UTC)
    .label = время
posthouse-argument-person = упоминание (@name) или id человека
    .label = человек
posthouse-argument-choice = одно из: { $choices }

## Language

posthouse-language = На каком языке вам удобнее?
posthouse-language-automatic = Язык моего мессенджера
posthouse-language-set = Теперь я говорю по-русски.
posthouse-language-help = Выбрать язык

## Forms

posthouse-form-progress = { $number } из { $count }
posthouse-form-present = Сейчас: { $answer }
posthouse-form-back = ‹ Назад
posthouse-form-forward = Дальше ›
posthouse-form-contact = Поделиться моим номером
posthouse-form-location = Поделиться моим местом
posthouse-form-noted = Записано.
posthouse-form-skip = Пропустить
posthouse-form-done = Готово
posthouse-form-cancel = Отменить
posthouse-form-decide = Всё верно?
posthouse-form-submit = Отправить
posthouse-form-publish = Опубликовать
posthouse-form-edit = Изменить
posthouse-form-anew = Начать заново
posthouse-form-go-on = Продолжить
posthouse-form-discard = Да, отменить
posthouse-form-home = В начало
posthouse-form-menu = Что вы хотите изменить?
posthouse-form-submitted = Готово. Спасибо!
posthouse-form-press = Пожалуйста, выберите одной из этих кнопок.
posthouse-form-misfit = Этот вопрос с тех пор изменился, поэтому, пожалуйста, ответьте ещё раз.
posthouse-form-resume =
    Вы уже начали это заполнять: { $count ->
        [one] есть ответы на { $answered } из { $count } вопроса.
       *[other] есть ответы на { $answered } из { $count } вопросов.
    }
posthouse-form-cancel-asked =
    { $count ->
        [1] Отказаться от вашего ответа?
        [one] Отказаться от { $count } ответа?
       *[other] Отказаться от { $count } ответов?
    }
posthouse-form-cancelled = Отменено. Ничего не сохранено.
posthouse-form-nothing = Отменять нечего.
posthouse-form-expired =
    { $count ->
        [0] То, что вы начали, отменено: оно ждало слишком долго.
        [one] То, что вы начали, отменено вместе с { $count } ответом: оно ждало слишком долго.
       *[other] То, что вы начали, отменено вместе с { $count } ответами: оно ждало слишком долго.
    }
posthouse-form-was-submitted = Это уже отправлено.
posthouse-form-was-cancelled = Это было отменено.
posthouse-form-was-restarted = Это начато заново; прежних ответов уже нет.
posthouse-form-was-expired = Это ждало слишком долго и было отменено.
posthouse-form-was-gone = Это уже завершено.
posthouse-form-edited = Я не читаю изменений в отправленных сообщениях. Чтобы изменить ответ, нажмите «Назад» или «Изменить» в конце.
posthouse-form-late = Некоторые фото пришли слишком поздно, чтобы взять их вместе с остальными. Чтобы добавить их, нажмите «Назад».
posthouse-form-help = /cancel отменяет, /start начинает заново.
posthouse-form-private = Для этого нужно несколько ответов, которые лучше дать наедине. Напишите мне в личные сообщения.
posthouse-form-open = Заполнить

## Screens

posthouse-confirm = Вы уверены?
posthouse-confirmed = Готово.
posthouse-yes = Да
posthouse-no = Нет
posthouse-choose-all = Все
posthouse-choose-none = Ни одного
posthouse-choose-done = Готово
posthouse-nothing-found = Ничего не найдено
posthouse-choice-range = { $most ->
    [1] Есть только вариант 1.
   *[other] Пожалуйста, напишите число от 1 до { $most }.
}

## Fields

posthouse-button-add = Добавить
posthouse-button-none = Ни одного
posthouse-button-drop-last = Убрать последнее
posthouse-button-drop-all = Убрать все
posthouse-skipped = –
posthouse-none = нет
posthouse-number = { $number }
posthouse-number-unit = { $number } { $unit }
posthouse-money = { $money }
posthouse-date = { $date }
posthouse-month = { $month ->
    [1] Январь
    [2] Февраль
    [3] Март
    [4] Апрель
    [5] Май
    [6] Июнь
    [7] Июль
    [8] Август
    [9] Сентябрь
    [10] Октябрь
    [11] Ноябрь
   *[12] Декабрь
} { $year }
posthouse-day-mon = Пн
posthouse-day-tue = Вт
posthouse-day-wed = Ср
posthouse-day-thu = Чт
posthouse-day-fri = Пт
posthouse-day-sat = Сб
posthouse-day-sun = Вс
posthouse-photos = { $count } фото
posthouse-refused = Такой ответ здесь не подходит. Пожалуйста, дайте другой.
posthouse-expected-text = Пожалуйста, напишите текст, не больше { $most ->
    [one] { $most } символа
   *[other] { $most } символов
}.
posthouse-expected-text-between = Пожалуйста, напишите текст: от { $least } до { $most } { $most ->
    [one] символа
   *[other] символов
}.
posthouse-text-short = Это слишком коротко: здесь { $count ->
    [one] { $count } символ
    [few] { $count } символа
   *[many] { $count } символов
}, а нужно не меньше { $least }.
posthouse-text-long = Это слишком длинно: здесь { $count ->
    [one] { $count } символ
    [few] { $count } символа
   *[many] { $count } символов
}, а помещается не больше { $most }.
posthouse-expected-email = Пожалуйста, напишите адрес почты, например ann@example.org.
posthouse-expected-url = Пожалуйста, напишите адрес страницы, например https://example.org.
posthouse-expected-number-any = Пожалуйста, напишите число цифрами.
posthouse-expected-number-least = Пожалуйста, напишите число цифрами: { $least } или больше.
posthouse-expected-number-most = Пожалуйста, напишите число цифрами: { $most } или меньше.
posthouse-expected-number-between = Пожалуйста, напишите число цифрами: от { $least } до { $most }.
posthouse-number-least = Это слишком мало: должно быть { $least } или больше.
posthouse-number-most = Это слишком много: должно быть { $most } или меньше.
posthouse-number-between = Это вне пределов: должно быть от { $least } до { $most }.
posthouse-number-whole = Пожалуйста, напишите целое число, без дробной части.
posthouse-number-decimals = { $most ->
    [0] Пожалуйста, напишите сумму без дробной части.
    [one] Пожалуйста, пишите не больше { $most } цифры после запятой.
   *[other] Пожалуйста, пишите не больше { $most } цифр после запятой.
}
posthouse-number-ambiguous = Это можно прочитать как два разных числа. Пожалуйста, напишите { $whole } или { $broken }.
posthouse-expected-money = Пожалуйста, напишите сумму и её валюту, например 50 EUR.
posthouse-expected-money-any = Пожалуйста, напишите цифрами сумму в { $currency }.
posthouse-expected-money-least = Пожалуйста, напишите сумму в { $currency }: { $least } или больше.
posthouse-expected-money-most = Пожалуйста, напишите сумму в { $currency }: { $most } или меньше.
posthouse-expected-money-between = Пожалуйста, напишите сумму в { $currency }: от { $least } до { $most }.
posthouse-money-other = Пожалуйста, укажите сумму в { $currency }, а не в { $given }.
posthouse-expected-phone = Пожалуйста, напишите номер телефона, например { $example }; зарубежный начинается с + и кода страны.
posthouse-expected-phone-international = Пожалуйста, напишите номер телефона, который начинается с + и кода страны.
posthouse-phone-foreign = Это чужой контакт. Пожалуйста, поделитесь своим или напишите номер.
posthouse-expected-choice = Пожалуйста, выберите один из вариантов.
posthouse-expected-choices = Пожалуйста, отметьте варианты кнопками, затем нажмите «Готово».
posthouse-choice-least = { $least ->
    [1] Пожалуйста, выберите хотя бы один вариант.
    [one] Пожалуйста, выберите не меньше { $least } варианта.
   *[other] Пожалуйста, выберите не меньше { $least } вариантов.
}
posthouse-choice-most = { $most ->
    [1] Выбрать можно только один вариант. Снимите отметку, чтобы выбрать другой.
    [one] Выбрать можно не больше { $most } варианта. Снимите одну отметку, чтобы выбрать другой.
   *[other] Выбрать можно не больше { $most } вариантов. Снимите одну отметку, чтобы выбрать другой.
}
posthouse-expected-date-any = Пожалуйста, выберите день или напишите дату, например 2030-12-31.
posthouse-expected-date-least = Пожалуйста, выберите день или напишите дату, например 2030-12-31; не раньше чем { $least }.
posthouse-expected-date-most = Пожалуйста, выберите день или напишите дату, например 2030-12-31; не позже чем { $most }.
posthouse-expected-date-between = Пожалуйста, выберите день или напишите дату, например 2030-12-31; не раньше чем { $least } и не позже чем { $most }.
posthouse-date-least = Это слишком рано: первый возможный день – { $least }.
posthouse-date-most = Это слишком поздно: последний возможный день – { $most }.
posthouse-date-between = Этот день не подходит: не раньше чем { $least } и не позже чем { $most }.
posthouse-date-ambiguous = Это можно прочитать как два разных дня. Пожалуйста, напишите { $one } или { $other }.
posthouse-expected-time = Пожалуйста, выберите время или напишите его, например 14:30; от { $least } до { $most }.
posthouse-time-between = Это время не подходит: должно быть от { $least } до { $most }.
posthouse-expected-photo = Пожалуйста, пришлите фото.
posthouse-photo-first = Нужно только одно фото; я беру первое.
posthouse-photo-heavy = Это изображение слишком большое. Пожалуйста, пришлите не больше { $most } МБ или пришлите его как фото.
posthouse-expected-photos = Пожалуйста, пришлите фото, не больше { $most }, затем нажмите «Готово».
posthouse-photos-so-far = { $count ->
    [0] Пока нет фото; не больше { $most }.
   *[other] Фото: { $count }, не больше { $most }.
}
posthouse-photos-most = Уже есть { $most } фото, больше не поместится. Уберите одно, чтобы прислать другое.
posthouse-photos-left-out = Помещается только { $most } фото; { $left ->
    [1] одно я не беру.
   *[other] последних { $left } я не беру.
}
posthouse-photos-least = Пожалуйста, сначала пришлите не меньше { $least } фото.
posthouse-expected-file = Пожалуйста, пришлите файл.
posthouse-file-first = Нужен только один файл; я беру первый.
posthouse-file-not-photo = Это пришло как фото. Пожалуйста, пришлите его как файл, чтобы он дошёл без изменений.
posthouse-file-heavy = Этот файл слишком большой. Пожалуйста, пришлите не больше { $most } МБ.
posthouse-expected-location = Пожалуйста, поделитесь местом на карте или напишите широту и долготу, например 50.45, 30.52.
posthouse-expected-place = Пожалуйста, напишите название места, затем выберите его из того, что я найду.
posthouse-place-unknown = Я не знаю места «{ $words }». Пожалуйста, проверьте написание или назовите место покрупнее поблизости.
posthouse-places-found = { $count ->
    [1] Найдено одно место. Это оно?
    [one] Найдено { $count } место. Какое из них?
    [few] Найдено { $count } места. Какое из них?
   *[many] Найдено { $count } мест. Какое из них?
}
posthouse-expected-items = Пожалуйста, воспользуйтесь кнопками: «Добавить» – ещё одно, «Готово» – когда есть всё.
posthouse-items-so-far = { $count ->
    [0] Пока ничего; не больше { $most }.
   *[other] Уже есть: { $count }, не больше { $most }.
}
posthouse-items-most = Уже есть { $most }, больше не поместится. Уберите одно, чтобы добавить другое.
posthouse-items-least = { $least ->
    [1] Пожалуйста, сначала добавьте хотя бы одно.
   *[other] Пожалуйста, сначала добавьте не меньше { $least }.
}
posthouse-items-gone = Вопросы с тех пор изменились; пожалуйста, добавьте всё заново.

## Posts

posthouse-post-sending = #{ $number } публикуется…
posthouse-post-done = #{ $number } опубликовано.
posthouse-post-is = #{ $number }: { $state }.
posthouse-post-changing = #{ $number }: { $state }. Опубликованное сообщение обновляется…
posthouse-post-late = #{ $number }: { $state }. Опубликованное сообщение пока не удалось обновить; попробуем ещё раз.
posthouse-post-failed = #{ $number } не удалось опубликовать. Мы сообщили тем, кто за это отвечает. Вы можете попробовать ещё раз.
posthouse-post-unknown = Никто не знает, опубликовано ли #{ $number }: связь прервалась. Пожалуйста, посмотрите, есть ли оно там, и только потом пробуйте ещё раз.
posthouse-post-gone = #{ $number }: { $state }. Сообщения уже нет: его кто-то удалил. Вы можете опубликовать его ещё раз.
posthouse-post-withdrawn = #{ $number } снято с публикации.
posthouse-post-removed = #{ $number } убрали модераторы.
posthouse-post-lost = Этого уже нет.
posthouse-post-not-yours = Это может сделать только автор.
posthouse-post-is-already = #{ $number } уже в этом состоянии: { $state }.
posthouse-post-no-step = Сейчас этого с #{ $number } сделать нельзя.
posthouse-post-again-already = Это уже опубликовано ещё раз: #{ $number }.
posthouse-post-done-already = Это уже сделано.
posthouse-post-not-withdrawn = #{ $number } снято с публикации, но его сообщение не удалось удалить. Мы сообщили тем, кто за это отвечает.
posthouse-post-open = Открыть публикацию
posthouse-post-new = Новое
posthouse-post-retry = Попробовать ещё раз
posthouse-post-to = Отметить: { $state }
posthouse-post-sure = Отметить #{ $number } так: { $state }? Отменить это нельзя.
posthouse-post-again = Опубликовать #{ $number } ещё раз
posthouse-post-withdraw = Снять #{ $number }
posthouse-post-withdraw-sure = Снять #{ $number } с публикации? Сообщение будет удалено.
posthouse-post-show = Показать #{ $number }
posthouse-post-list = Ваши:
posthouse-post-none = Вы ещё ничего не публиковали.
posthouse-post-line = #{ $number } · { $state }
posthouse-post-state-withdrawn = снято
posthouse-post-state-removed = убрано
posthouse-post-remind = #{ $number } всё ещё опубликовано. Что с ним стало?
posthouse-post-moved = #{ $number } опубликовано ещё раз: #{ $to } { $link }
posthouse-post-photos = Ещё фото к #{ $number } { $link }

## Follow-ups of posts

posthouse-post-follow = Написать о #{ $number }
posthouse-post-follow-done = Спасибо, мы это передали.
posthouse-post-follow-of = О #{ $number }:
posthouse-post-follow-already = Вы уже писали о #{ $number }.
posthouse-post-follow-head = О { $number }, от { $name }:

## What staff read

posthouse-post-card = { $number } от { $name }
posthouse-post-remove = Удалить
posthouse-post-ban = Заблокировать автора
posthouse-post-ban-sure = Заблокировать { $name } и удалить опубликованное за последние 24 часа?
posthouse-post-removing = Удаляется…
posthouse-post-ban-list = Вместе с этим удалено: { $posts }
posthouse-post-removed-by = Удалено: { $name }, { $at }.
posthouse-post-banned-by = Автор заблокирован: { $name }, { $at }.
posthouse-post-removed-already = #{ $number } уже нет.
posthouse-post-banned-already = { $name } уже в списке заблокированных.
posthouse-post-staff-only = Это могут делать только модераторы.
posthouse-post-undeleted = Сообщение #{ $number } не удалось удалить, пожалуйста, удалите его вручную: { $error }
posthouse-post-alert-failed = #{ $number } не удалось опубликовать в { $chat }: { $error }
posthouse-post-alert-unknown = Никто не знает, опубликовано ли #{ $number } в { $chat }: { $error }
posthouse-post-alert-gone = Сообщение #{ $number } в { $chat } удалили вручную.
posthouse-post-alert-edit = Сообщение #{ $number } не удалось изменить: { $error } { $again ->
    [true] Будет ещё попытка.
   *[false] Больше попыток не будет.
 }
posthouse-post-alert-undeleted = Сообщение #{ $number } не удалось удалить: { $error }
posthouse-post-alert-old = #{ $number } опубликовано ещё раз как #{ $to }, но старое сообщение осталось таким, как было: { $error }
posthouse-post-alert-photos = Остальные фото к #{ $number } не удалось отправить: { $error } { $again ->
    [true] Будет ещё попытка.
   *[false] Больше попыток не будет.
 }
posthouse-post-alert-thread = Для #{ $number } в { $chat } не открылось обсуждение, поэтому остальные фото стоят рядом. Привязана ли группа к каналу?
posthouse-post-alert-follow = То, что кто-то написал о публикации, не удалось отправить в { $chat }: { $error }

## Commands of staff

posthouse-staff-banned = { $name } ({ $id }): заблокировано до { $until }.
posthouse-staff-lift = Снять блокировку
posthouse-staff-lifted = Блокировку снял модератор { $by }: { $name } снова может писать боту.
posthouse-staff-ban-usage = Ответьте на сообщение командой /ban, чтобы заблокировать его автора на 24 часа. Дальше можно указать другой срок и причину, например: /ban 7d каждый день то же объявление
posthouse-staff-ban-nobody = Неизвестно, кто это написал.
posthouse-staff-ban-staff = { $name } следит здесь за порядком, блокировка невозможна.
posthouse-staff-ban-partly = В этой группе удалось сделать не всё, сделайте остальное вручную: { $error }
posthouse-staff-ad-usage =
    Напишите так или добавьте такую подпись к фото или видео:
    /post_ad { $chat }
    Надпись на кнопке
    https://example.org
    Текст объявления
posthouse-staff-ad-no-chat = В настройках этого бота нет чата { $chat }.
posthouse-staff-ad-posted = Опубликовано: { $chat }.
posthouse-staff-ad-failed = Не удалось опубликовать в { $chat }: { $error }
posthouse-staff-statistics = Людей: { $met }. Авторов: { $wrote }. Опубликовано: { $entries }.
posthouse-staff-statistics-line = { $name }: { $entries }
posthouse-staff-statistics-banned = { $name } (заблокировано)
posthouse-ban-help = Заблокировать автора сообщения, на которое отвечаете
posthouse-post_ad-help = Опубликовать в канале, со ссылкой на кнопке
posthouse-statistics-help = Показать, кто сколько опубликовал

## Сохранённые поиски

# Как показан пустой выбор: ничего не выбрано означает всё.
posthouse-search-all = все
posthouse-search-above = Это больше верхней границы, { $bound }. Укажите меньше или сначала измените верхнюю границу.
posthouse-search-below = Это меньше нижней границы, { $bound }. Укажите больше или вернитесь и измените нижнюю границу.
posthouse-search-week = { $count ->
    [0] За последнюю неделю поиск не нашёл бы ничего.
    [one] За последнюю неделю поиск нашёл бы { $count } запись.
    [few] За последнюю неделю поиск нашёл бы { $count } записи.
   *[other] За последнюю неделю поиск нашёл бы { $count } записей.
 }
posthouse-search-saved = Поиск включён. Новое будет приходить вам, как только появится.
posthouse-search-fresh = Найдено за последние три дня:
posthouse-search-nothing = За последние три дня ничего не найдено.
posthouse-search-everything = всё
posthouse-search-none = У вас пока нет сохранённых поисков.
posthouse-search-list = Ваши поиски: { $name }
posthouse-search-is = { $title }
    Этот поиск { $state }.
posthouse-search-active = включён
posthouse-search-paused = выключен
posthouse-search-suspended = приостановлен
posthouse-search-on = Включить
posthouse-search-off = Выключить
posthouse-search-change = Изменить
posthouse-search-look = Что он находит?
posthouse-search-end = Удалить
posthouse-search-end-sure = Удалить поиск «{ $title }»?
posthouse-search-ended = Поиск удалён.
posthouse-search-lost = Этого поиска уже нет.
posthouse-search-misfit = Вопросы этого поиска с тех пор изменились. Пожалуйста, измените его и ответьте ещё раз.
posthouse-search-mine = Мои поиски
posthouse-search-new = Новый поиск

# --- publishing: how items reach those who want them
posthouse-publishing-more = … и ещё { $count }
posthouse-publishing-digest = { $title }: новых – { $count }
posthouse-publishing-open = Открыть публикацию

# --- подписки: темы, публикации которых приходят сами
# $title – название темы.
posthouse-subscription-ask = { $title }: когда присылать новое?
# Когда приходит новое; $at – время, $day – день недели.
posthouse-subscription-now = Сразу
posthouse-subscription-daily = Каждый день в { $at }
posthouse-subscription-weekdays = С понедельника по пятницу в { $at }
posthouse-subscription-weekly = Раз в неделю ({ $day }, { $at })
posthouse-subscription-custom = По своему расписанию ({ $cron })
# Состояние подписки.
posthouse-subscription-active = Вы подписаны.
posthouse-subscription-paused = Приостановлено: ничего не приходит.
posthouse-subscription-suspended = Приостановлено: { $reason }
posthouse-subscription-reason-blocked = Приостановлено, потому что бот был заблокирован.
posthouse-subscription-reason-gate = Приостановлено, потому что условия подписки больше не выполнены.
posthouse-subscription-reason-plan = Приостановлено, потому что «{ $plan }» закончилось.
# Настройки, каждая в своей строке.
posthouse-subscription-is-when = Когда: { $when }
posthouse-subscription-is-quiet = Тихие часы: { $quiet }
posthouse-subscription-is-most = { $most ->
    [0] Сколько в день: сколько есть
   *[other] Сколько в день: не больше { $most }
}
posthouse-subscription-is-edit = Изменения: присланное исправляется
posthouse-subscription-is-again = Изменения: присылаются ещё раз
posthouse-subscription-is-ignore = Изменения: присланное остаётся как есть
posthouse-subscription-is-zone = Часовой пояс: { $zone }, там сейчас { $now }
posthouse-subscription-none = нет
# Кнопки.
posthouse-subscription-when = Когда
posthouse-subscription-quiet = Тихие часы
posthouse-subscription-most = Сколько
posthouse-subscription-changes = Изменения
posthouse-subscription-zone = Часовой пояс
posthouse-subscription-pause = Приостановить
posthouse-subscription-resume = Возобновить
posthouse-subscription-end = Отписаться
posthouse-subscription-end-sure = Отписаться от «{ $title }»?
posthouse-subscription-again = Подписаться снова
posthouse-subscription-search = Поиск
posthouse-subscription-mine = Мои подписки
posthouse-subscription-back = ‹ Назад
posthouse-subscription-settings = ⚙ Подписка
posthouse-subscription-more = Показать
posthouse-subscription-clock = Другое время
posthouse-subscription-quiet-other = Другие часы
posthouse-subscription-any = Сколько есть
posthouse-subscription-do-edit = Исправить присланное
posthouse-subscription-do-again = Прислать ещё раз
posthouse-subscription-do-ignore = Оставить как есть
# Вопросы.
posthouse-subscription-ask-when = { $title }: когда присылать новое?
posthouse-subscription-ask-clock = В котором часу?
posthouse-subscription-ask-quiet = Когда ничего не присылать? Новое за это время придёт потом.
posthouse-subscription-ask-from = С какого часа должно быть тихо?
posthouse-subscription-ask-until = Тихо с { $begins } – до которого часа?
posthouse-subscription-ask-most = Сколько самое большее в день? Об остальном будет сказано, сколько его.
posthouse-subscription-ask-changes = Когда меняется то, что вам уже прислано:
posthouse-subscription-ask-area = По времени какой части света вы живёте?
posthouse-subscription-ask-zone = Какое место имеет ваше время? Можно написать несколько букв его названия.
posthouse-subscription-whole-day = Такие часы не кончились бы никогда. Лучше приостановите подписку.
# $title – название темы.
posthouse-subscription-ended = Вы больше не подписаны на «{ $title }».
posthouse-subscription-lost = Этой подписки уже нет.
posthouse-subscription-staff = На что подписан этот чат, решает только персонал.
posthouse-subscription-list = Ваши подписки:
posthouse-subscription-nothing = У вас пока нет подписок.
posthouse-subscription-left-nothing = Ничего из этого уже нет.
# Что говорят готовые команды.
posthouse-subscription-topics = На что вы хотите подписаться?
posthouse-subscription-no-topics = Здесь не на что подписаться.
posthouse-subscription-which = От какой подписки отказаться?
posthouse-subscribe-help = Подписаться на то, что здесь публикуют
posthouse-subscriptions-help = Показать ваши подписки
posthouse-unsubscribe-help = Отписаться
# Страница темы; $bot – название бота.
posthouse-subscription-page-by = Публикует «{ $bot }»
posthouse-subscription-page-newest = Самое новое
posthouse-subscription-page-nothing = Пока ничего не опубликовано.
posthouse-subscription-page-open = Подписаться в чате
posthouse-subscription-page-feeds = Или читайте в программе для лент:

# --- условия: что нужно человеку сначала

posthouse-gate-member = Чтобы продолжить, сначала вступите в «{ $chat }».
posthouse-gate-join = Вступить
posthouse-gate-joined = Я уже там
posthouse-gate-not-yet = Вас ещё нет в «{ $chat }».
posthouse-gate-hidden = Это только для участников «{ $chat }», но бот не видит, кто там есть. Владельцы бота должны сделать его там администратором.
posthouse-gate-later = Сейчас не удаётся проверить, есть ли вы в «{ $chat }».
posthouse-gate-again = Попробовать ещё раз
posthouse-gate-open = Спасибо. Теперь отправьте { $command } ещё раз.

posthouse-plan-needed = Это входит в «{ $plan }», а у вас этого ещё нет.
posthouse-plan-needed-over = Это входит в «{ $plan }», что действовало у вас до { $until }.
posthouse-plan-about = О «{ $plan }»
posthouse-plan-try = { $period } бесплатно
posthouse-plan-months = { $count ->
    [one] { $count } месяц
    [few] { $count } месяца
   *[other] { $count } месяцев
 }
posthouse-plan-days = { $count ->
    [one] { $count } день
    [few] { $count } дня
   *[other] { $count } дней
 }
posthouse-plan-hours = { $count ->
    [one] { $count } час
    [few] { $count } часа
   *[other] { $count } часов
 }
posthouse-plan-is = «{ $plan }» действует у вас до { $until }.
posthouse-plan-was = «{ $plan }» действовало у вас до { $until }.
posthouse-plan-none = У вас нет «{ $plan }».
posthouse-plan-begun = «{ $plan }» ваше до { $until }.
posthouse-plan-given = Вам предоставили «{ $plan }». Действует до { $until }.
posthouse-plan-tried = Вы уже пользовались «{ $plan }» бесплатно.
posthouse-plan-go-on = Дальше
posthouse-plan-offer = Получить на дольше
posthouse-plan-near = «{ $plan }» действует у вас до { $until }. После этого всё, что от него зависит, остановится.
posthouse-plan-over = «{ $plan }» закончилось. Благодаря ему ничего не приходит, пока оно не появится у вас снова.
posthouse-plans = Ваши планы
posthouse-plans-granted = { $person } пользуется «{ $plan }» до { $until }.
posthouse-plans-revoked = { $person } больше не пользуется «{ $plan }».
posthouse-plans-nothing = { $person } не пользуется «{ $plan }».
posthouse-plans-unknown = Плана { $plan } нет. Есть такие: { $plans }
posthouse-plans-periods = Укажите от 1 до { $most } периодов.

## Рассылки

posthouse-broadcast-help = Отправить сообщение всем или некоторым
posthouse-broadcast-words = Что написать? Форматирование сохранится.
posthouse-broadcast-photo = Пришлите фото к нему или пропустите.
posthouse-broadcast-label = Что написать на кнопке со ссылкой? Пропустите, если она не нужна.
posthouse-broadcast-url = Куда ведёт кнопка?
posthouse-broadcast-audience = Кто должен это получить?
posthouse-audience-all = Все
posthouse-audience-active = Те, кто недавно писал
posthouse-audience-language = Те, кто говорит на каком-то языке
posthouse-audience-topic = Подписанные на тему
posthouse-audience-role = Те, у кого есть роль
posthouse-broadcast-days = За сколько последних дней они писали?
posthouse-broadcast-language = На каком языке? Напишите его код, например en или uk.
posthouse-broadcast-topic = Как называется тема?
posthouse-broadcast-role = Как называется роль?
posthouse-broadcast-confirm =
    Получателей: { $count } ({ $whom }). Отправить?
posthouse-broadcast-nobody = Этого никто бы не получил, поэтому ничего не отправлено.
posthouse-broadcast-left-out = Не получат: { $listed }.
posthouse-broadcast-why-blocked = недоступны
posthouse-broadcast-why-banned = заблокированы
posthouse-broadcast-why-paused = на паузе
posthouse-broadcast-why-no-private-chat = не писали лично
posthouse-broadcast-takes =
    Примерно { $hours ->
        [0] { $minutes } мин
       *[other] { $hours } ч { $minutes } мин
    }.
posthouse-broadcast-send = Да, отправить
posthouse-broadcast-drop = Не отправлять
posthouse-broadcast-pause = Пауза
posthouse-broadcast-resume = Продолжить
posthouse-broadcast-cancel = Остановить насовсем
posthouse-broadcast-dropped = Не отправлено.
posthouse-broadcast-gone = Этой рассылки больше нет.
posthouse-broadcast-running = Рассылка { $id } идёт: { $title }
posthouse-broadcast-paused = Рассылка { $id } на паузе: { $title }
posthouse-broadcast-scheduled = Рассылка { $id } ждёт своего времени: { $title }
posthouse-broadcast-cancelled = Рассылка { $id } остановлена: { $title }
posthouse-broadcast-done = Рассылка { $id } завершена: { $title }
posthouse-broadcast-retracted = Рассылка { $id } отозвана: { $title }
posthouse-broadcast-over = Рассылка { $id } закончилась: { $title }
posthouse-broadcast-counts = Отправлено: { $sent }. Не удалось: { $failed }. Неизвестно: { $unknown }. Осталось: { $left }.
