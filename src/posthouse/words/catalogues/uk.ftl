# Те, що фреймворк каже сам. Ключі ті самі, що й в інших мовах; пояснення до них стоять в en.ftl.

## When something cannot be done

posthouse-sorry = Перепрошуємо, тут щось пішло не так. Ми це записали, і ті, хто веде цього бота, це побачать.
posthouse-button-gone = Ця кнопка вже не працює.
posthouse-link-gone = Це посилання вже не працює.

## Commands

posthouse-unknown-command = Я не знаю команди /{ $command }.
posthouse-unknown-command-near = Я не знаю команди /{ $command }. Можливо, ви мали на увазі /{ $near }?
posthouse-unknown-command-help = Я не знаю команди /{ $command }. /help розповість, що я вмію.
posthouse-unknown-command-known =
    Я не знаю команди /{ $command }. Я знаю: { $listed }{ $more ->
        [true] …
       *[false] .
    }

posthouse-argument-wrong = { $name }: «{ $typed }» не підходить, тут має бути { $expected }.
posthouse-argument-missing = Немає { $name }: тут має бути { $expected }.
posthouse-argument-surplus = Це зайве: «{ $typed }».
posthouse-argument-usage = Як писати: { $usage }
posthouse-argument-example = Приклад: { $example }
posthouse-argument-word = слово або кілька слів у лапках
    .example = слово
posthouse-argument-words = кілька слів
    .example = кілька слів
posthouse-argument-whole = ціле число (3, -12)
    .label = ціле число
posthouse-argument-number = число (2, 2.5)
    .label = число
posthouse-argument-exact = число (2, 2.50)
    .label = число
posthouse-argument-switch = yes (так) або no (ні)
posthouse-argument-duration = тривалість (10s, 20m, 1h30m, 2d, 1w, PT1H30M)
    .label = тривалість
posthouse-argument-moment = дата (2031-05-17) або дата й час (2031-05-17T16:30; без поясу це UTC)
    .label = час
posthouse-argument-person = згадка (@name) або id людини
    .label = людина
posthouse-argument-choice = одне з: { $choices }

## Language

posthouse-language = Якою мовою вам зручніше?
posthouse-language-automatic = Мова мого месенджера
posthouse-language-set = Відтепер я говорю українською.
posthouse-language-help = Вибрати мову

## Forms

posthouse-form-progress = { $number } з { $count }
posthouse-form-present = Зараз: { $answer }
posthouse-form-back = ‹ Назад
posthouse-form-forward = Далі ›
posthouse-form-contact = Поділитися моїм номером
posthouse-form-location = Поділитися моїм місцем
posthouse-form-noted = Записано.
posthouse-form-skip = Пропустити
posthouse-form-done = Готово
posthouse-form-cancel = Скасувати
posthouse-form-decide = Усе правильно?
posthouse-form-submit = Надіслати
posthouse-form-publish = Опублікувати
posthouse-form-edit = Змінити
posthouse-form-anew = Почати спочатку
posthouse-form-go-on = Продовжити
posthouse-form-discard = Так, скасувати
posthouse-form-home = На початок
posthouse-form-menu = Що ви хочете змінити?
posthouse-form-submitted = Готово. Дякуємо!
posthouse-form-press = Будь ласка, виберіть однією з цих кнопок.
posthouse-form-misfit = Це запитання відтоді змінилося, тож, будь ласка, дайте відповідь ще раз.
posthouse-form-resume =
    Ви вже почали це заповнювати: { $count ->
        [one] є відповіді на { $answered } з { $count } запитання.
       *[other] є відповіді на { $answered } з { $count } запитань.
    }
posthouse-form-cancel-asked =
    { $count ->
        [1] Відмовитися від вашої відповіді?
        [one] Відмовитися від { $count } відповіді?
       *[other] Відмовитися від { $count } відповідей?
    }
posthouse-form-cancelled = Скасовано. Нічого не збережено.
posthouse-form-nothing = Немає чого скасовувати.
posthouse-form-expired =
    { $count ->
        [0] Те, що ви почали, скасовано: воно чекало надто довго.
        [one] Те, що ви почали, скасовано разом із { $count } відповіддю: воно чекало надто довго.
       *[other] Те, що ви почали, скасовано разом із { $count } відповідями: воно чекало надто довго.
    }
posthouse-form-was-submitted = Це вже надіслано.
posthouse-form-was-cancelled = Це було скасовано.
posthouse-form-was-restarted = Це почато наново; попередніх відповідей уже немає.
posthouse-form-was-expired = Це чекало надто довго й було скасоване.
posthouse-form-was-gone = Це вже завершено.
posthouse-form-edited = Я не читаю змін у надісланих повідомленнях. Щоб змінити відповідь, натисніть «Назад» або «Змінити» наприкінці.
posthouse-form-late = Деякі фото надійшли запізно, щоб узяти їх разом з іншими. Щоб додати їх, натисніть «Назад».
posthouse-form-help = /cancel скасовує, /start починає спочатку.
posthouse-form-private = Для цього потрібно кілька відповідей, які краще дати наодинці. Напишіть мені в особисті повідомлення.
posthouse-form-open = Заповнити

## Screens

posthouse-confirm = Ви впевнені?
posthouse-confirmed = Готово.
posthouse-yes = Так
posthouse-no = Ні
posthouse-choose-all = Усі
posthouse-choose-none = Жодного
posthouse-choose-done = Готово
posthouse-nothing-found = Нічого не знайдено
posthouse-choice-range = { $most ->
    [1] Є лише варіант 1.
   *[other] Будь ласка, напишіть число від 1 до { $most }.
}

## Fields

posthouse-button-add = Додати
posthouse-button-none = Жодного
posthouse-button-drop-last = Прибрати останнє
posthouse-button-drop-all = Прибрати всі
posthouse-skipped = –
posthouse-none = немає
posthouse-number = { $number }
posthouse-number-unit = { $number } { $unit }
posthouse-money = { $money }
posthouse-date = { $date }
posthouse-month = { $month ->
    [1] Січень
    [2] Лютий
    [3] Березень
    [4] Квітень
    [5] Травень
    [6] Червень
    [7] Липень
    [8] Серпень
    [9] Вересень
    [10] Жовтень
    [11] Листопад
   *[12] Грудень
} { $year }
posthouse-day-mon = Пн
posthouse-day-tue = Вт
posthouse-day-wed = Ср
posthouse-day-thu = Чт
posthouse-day-fri = Пт
posthouse-day-sat = Сб
posthouse-day-sun = Нд
posthouse-photos = { $count } фото
posthouse-refused = Така відповідь тут не підходить. Будь ласка, дайте іншу.
posthouse-expected-text = Будь ласка, напишіть текст, щонайбільше { $most ->
    [one] { $most } символ
    [few] { $most } символи
   *[many] { $most } символів
}.
posthouse-expected-text-between = Будь ласка, напишіть текст: від { $least } до { $most } { $most ->
    [one] символу
   *[other] символів
}.
posthouse-text-short = Це закоротко: тут { $count ->
    [one] { $count } символ
    [few] { $count } символи
   *[many] { $count } символів
}, а потрібно щонайменше { $least }.
posthouse-text-long = Це задовго: тут { $count ->
    [one] { $count } символ
    [few] { $count } символи
   *[many] { $count } символів
}, а вміщується щонайбільше { $most }.
posthouse-expected-email = Будь ласка, напишіть адресу пошти, наприклад ann@example.org.
posthouse-expected-url = Будь ласка, напишіть адресу сторінки, наприклад https://example.org.
posthouse-expected-number-any = Будь ласка, напишіть число цифрами.
posthouse-expected-number-least = Будь ласка, напишіть число цифрами: { $least } або більше.
posthouse-expected-number-most = Будь ласка, напишіть число цифрами: { $most } або менше.
posthouse-expected-number-between = Будь ласка, напишіть число цифрами: від { $least } до { $most }.
posthouse-number-least = Це замало: має бути { $least } або більше.
posthouse-number-most = Це забагато: має бути { $most } або менше.
posthouse-number-between = Це поза межами: має бути від { $least } до { $most }.
posthouse-number-whole = Будь ласка, напишіть ціле число, без дробової частини.
posthouse-number-decimals = { $most ->
    [0] Будь ласка, напишіть суму без дробової частини.
    [one] Будь ласка, пишіть щонайбільше { $most } цифру після коми.
    [few] Будь ласка, пишіть щонайбільше { $most } цифри після коми.
   *[many] Будь ласка, пишіть щонайбільше { $most } цифр після коми.
}
posthouse-number-ambiguous = Це можна прочитати як два різні числа. Будь ласка, напишіть { $whole } або { $broken }.
posthouse-expected-money = Будь ласка, напишіть суму та її валюту, наприклад 50 EUR.
posthouse-expected-money-any = Будь ласка, напишіть цифрами суму в { $currency }.
posthouse-expected-money-least = Будь ласка, напишіть суму в { $currency }: { $least } або більше.
posthouse-expected-money-most = Будь ласка, напишіть суму в { $currency }: { $most } або менше.
posthouse-expected-money-between = Будь ласка, напишіть суму в { $currency }: від { $least } до { $most }.
posthouse-money-other = Будь ласка, вкажіть суму в { $currency }, а не в { $given }.
posthouse-expected-phone = Будь ласка, напишіть номер телефону, наприклад { $example }; закордонний починається з + і коду країни.
posthouse-expected-phone-international = Будь ласка, напишіть номер телефону, що починається з + і коду країни.
posthouse-phone-foreign = Це чужий контакт. Будь ласка, поділіться своїм або напишіть номер.
posthouse-expected-choice = Будь ласка, виберіть один із варіантів.
posthouse-expected-choices = Будь ласка, позначте варіанти кнопками, а тоді натисніть «Готово».
posthouse-choice-least = { $least ->
    [1] Будь ласка, виберіть хоча б один варіант.
    [one] Будь ласка, виберіть щонайменше { $least } варіант.
    [few] Будь ласка, виберіть щонайменше { $least } варіанти.
   *[many] Будь ласка, виберіть щонайменше { $least } варіантів.
}
posthouse-choice-most = { $most ->
    [1] Вибрати можна лише один варіант. Зніміть позначку, щоб вибрати інший.
    [one] Вибрати можна щонайбільше { $most } варіант. Зніміть одну позначку, щоб вибрати інший.
    [few] Вибрати можна щонайбільше { $most } варіанти. Зніміть одну позначку, щоб вибрати інший.
   *[many] Вибрати можна щонайбільше { $most } варіантів. Зніміть одну позначку, щоб вибрати інший.
}
posthouse-expected-date-any = Будь ласка, виберіть день або напишіть дату, наприклад 2030-12-31.
posthouse-expected-date-least = Будь ласка, виберіть день або напишіть дату, наприклад 2030-12-31; не раніше ніж { $least }.
posthouse-expected-date-most = Будь ласка, виберіть день або напишіть дату, наприклад 2030-12-31; не пізніше ніж { $most }.
posthouse-expected-date-between = Будь ласка, виберіть день або напишіть дату, наприклад 2030-12-31; не раніше ніж { $least } і не пізніше ніж { $most }.
posthouse-date-least = Це зарано: перший можливий день – { $least }.
posthouse-date-most = Це запізно: останній можливий день – { $most }.
posthouse-date-between = Цей день не підходить: не раніше ніж { $least } і не пізніше ніж { $most }.
posthouse-date-ambiguous = Це можна прочитати як два різні дні. Будь ласка, напишіть { $one } або { $other }.
posthouse-expected-time = Будь ласка, виберіть час або напишіть його, наприклад 14:30; від { $least } до { $most }.
posthouse-time-between = Цей час не підходить: має бути від { $least } до { $most }.
posthouse-expected-photo = Будь ласка, надішліть фото.
posthouse-photo-first = Потрібне лише одне фото; я беру перше.
posthouse-photo-heavy = Це зображення завелике. Будь ласка, надішліть не більше ніж { $most } МБ або надішліть його як фото.
posthouse-expected-photos = Будь ласка, надішліть фото, щонайбільше { $most }, а тоді натисніть «Готово».
posthouse-photos-so-far = { $count ->
    [0] Поки немає фото; щонайбільше { $most }.
   *[other] Фото: { $count }, щонайбільше { $most }.
}
posthouse-photos-most = Уже є { $most } фото, більше не вміститься. Приберіть одне, щоб надіслати інше.
posthouse-photos-left-out = Вміщується лише { $most } фото; { $left ->
    [1] одне я не беру.
   *[other] останніх { $left } я не беру.
}
posthouse-photos-least = Будь ласка, спершу надішліть щонайменше { $least } фото.
posthouse-expected-file = Будь ласка, надішліть файл.
posthouse-file-first = Потрібен лише один файл; я беру перший.
posthouse-file-not-photo = Це надійшло як фото. Будь ласка, надішліть його як файл, щоб він дійшов незмінним.
posthouse-file-heavy = Цей файл завеликий. Будь ласка, надішліть не більше ніж { $most } МБ.
posthouse-expected-location = Будь ласка, поділіться місцем на карті або напишіть широту й довготу, наприклад 50.45, 30.52.
posthouse-expected-place = Будь ласка, напишіть назву місця, а тоді виберіть його з того, що я знайду.
posthouse-place-unknown = Я не знаю місця «{ $words }». Будь ласка, перевірте написання або назвіть більше місце поблизу.
posthouse-places-found = { $count ->
    [1] Знайдено одне місце. Це воно?
    [one] Знайдено { $count } місце. Яке з них?
    [few] Знайдено { $count } місця. Яке з них?
   *[many] Знайдено { $count } місць. Яке з них?
}
posthouse-expected-items = Будь ласка, скористайтеся кнопками: «Додати» – ще одне, «Готово» – коли є все.
posthouse-items-so-far = { $count ->
    [0] Поки нічого; щонайбільше { $most }.
   *[other] Уже є: { $count }, щонайбільше { $most }.
}
posthouse-items-most = Уже є { $most }, більше не вміститься. Приберіть одне, щоб додати інше.
posthouse-items-least = { $least ->
    [1] Будь ласка, спершу додайте хоча б одне.
   *[other] Будь ласка, спершу додайте щонайменше { $least }.
}
posthouse-items-gone = Запитання відтоді змінилися; будь ласка, додайте все наново.

## Posts

posthouse-post-sending = #{ $number } публікується…
posthouse-post-done = #{ $number } опубліковано.
posthouse-post-is = #{ $number }: { $state }.
posthouse-post-changing = #{ $number }: { $state }. Опубліковане повідомлення оновлюється…
posthouse-post-late = #{ $number }: { $state }. Опубліковане повідомлення поки не вдалося оновити; спробуємо ще раз.
posthouse-post-failed = #{ $number } не вдалося опублікувати. Ми повідомили тих, хто за це відповідає. Ви можете спробувати ще раз.
posthouse-post-unknown = Ніхто не знає, чи #{ $number } опубліковано: зв’язок обірвався. Будь ласка, подивіться, чи воно там є, і лише тоді пробуйте ще раз.
posthouse-post-gone = #{ $number }: { $state }. Повідомлення вже немає: його хтось видалив. Ви можете опублікувати його ще раз.
posthouse-post-withdrawn = #{ $number } забрано.
posthouse-post-removed = #{ $number } прибрали модератори.
posthouse-post-lost = Цього вже немає.
posthouse-post-not-yours = Це може зробити лише автор.
posthouse-post-is-already = #{ $number } уже має цей стан: { $state }.
posthouse-post-no-step = Зараз цього з #{ $number } зробити не можна.
posthouse-post-again-already = Це вже опубліковано ще раз: #{ $number }.
posthouse-post-done-already = Це вже зроблено.
posthouse-post-not-withdrawn = #{ $number } забрано, але його повідомлення не вдалося видалити. Ми повідомили тих, хто за це відповідає.
posthouse-post-open = Відкрити публікацію
posthouse-post-new = Нове
posthouse-post-retry = Спробувати ще раз
posthouse-post-to = Позначити: { $state }
posthouse-post-sure = Позначити #{ $number } так: { $state }? Скасувати це не можна.
posthouse-post-again = Опублікувати #{ $number } ще раз
posthouse-post-withdraw = Забрати #{ $number }
posthouse-post-withdraw-sure = Забрати #{ $number }? Повідомлення буде видалено.
posthouse-post-show = Показати #{ $number }
posthouse-post-list = Ваші:
posthouse-post-none = Ви ще нічого не публікували.
posthouse-post-line = #{ $number } · { $state }
posthouse-post-state-withdrawn = забрано
posthouse-post-state-removed = прибрано
posthouse-post-remind = #{ $number } досі опубліковано. Що з ним сталося?
posthouse-post-moved = #{ $number } опубліковано ще раз: #{ $to } { $link }
posthouse-post-photos = Ще фото до #{ $number } { $link }

## Follow-ups of posts

posthouse-post-follow = Написати про #{ $number }
posthouse-post-follow-done = Дякуємо, ми це передали.
posthouse-post-follow-of = Про #{ $number }:
posthouse-post-follow-already = Ви вже писали про #{ $number }.
posthouse-post-follow-head = Про { $number }, від { $name }:

## What staff read

posthouse-post-card = { $number } від { $name }
posthouse-post-remove = Видалити
posthouse-post-ban = Заблокувати автора
posthouse-post-ban-sure = Заблокувати { $name } і видалити опубліковане за останні 24 години?
posthouse-post-removing = Видаляється…
posthouse-post-ban-list = Разом із цим видалено: { $posts }
posthouse-post-removed-by = Видалено: { $name }, { $at }.
posthouse-post-banned-by = Автора заблоковано: { $name }, { $at }.
posthouse-post-removed-already = #{ $number } уже немає.
posthouse-post-banned-already = { $name } уже в списку заблокованих.
posthouse-post-staff-only = Це можуть робити лише модератори.
posthouse-post-undeleted = Повідомлення #{ $number } не вдалося видалити, будь ласка, видаліть його вручну: { $error }
posthouse-post-alert-failed = #{ $number } не вдалося опублікувати в { $chat }: { $error }
posthouse-post-alert-unknown = Ніхто не знає, чи #{ $number } опубліковано в { $chat }: { $error }
posthouse-post-alert-gone = Повідомлення #{ $number } в { $chat } видалили вручну.
posthouse-post-alert-edit = Повідомлення #{ $number } не вдалося змінити: { $error } { $again ->
    [true] Буде ще спроба.
   *[false] Більше спроб не буде.
 }
posthouse-post-alert-undeleted = Повідомлення #{ $number } не вдалося видалити: { $error }
posthouse-post-alert-old = #{ $number } опубліковано ще раз як #{ $to }, але старе повідомлення лишилося таким, як було: { $error }
posthouse-post-alert-photos = Решту фото до #{ $number } не вдалося надіслати: { $error } { $again ->
    [true] Буде ще спроба.
   *[false] Більше спроб не буде.
 }
posthouse-post-alert-thread = Для #{ $number } в { $chat } не відкрилося обговорення, тому решта фото стоїть поруч. Чи прив’язано групу до каналу?
posthouse-post-alert-follow = Те, що хтось написав про публікацію, не вдалося надіслати в { $chat }: { $error }

## Commands of staff

posthouse-staff-banned = { $name } ({ $id }): заблоковано до { $until }.
posthouse-staff-lift = Зняти блокування
posthouse-staff-lifted = Блокування зняв модератор { $by }: { $name } знову може писати ботові.
posthouse-staff-ban-usage = Дайте на повідомлення відповідь /ban, щоб заблокувати його автора на 24 години. Далі можна вказати інший строк і причину, наприклад: /ban 7d щодня те саме оголошення
posthouse-staff-ban-nobody = Невідомо, хто це написав.
posthouse-staff-ban-staff = { $name } стежить тут за порядком, тож блокування неможливе.
posthouse-staff-ban-partly = У цій групі вдалося зробити не все, зробіть решту вручну: { $error }
posthouse-staff-ad-usage =
    Напишіть так або додайте такий підпис до фото чи відео:
    /post_ad { $chat }
    Напис на кнопці
    https://example.org
    Текст оголошення
posthouse-staff-ad-no-chat = У налаштуваннях цього бота немає чату { $chat }.
posthouse-staff-ad-posted = Опубліковано: { $chat }.
posthouse-staff-ad-failed = Не вдалося опублікувати в { $chat }: { $error }
posthouse-staff-statistics = Людей: { $met }. Авторів: { $wrote }. Опубліковано: { $entries }.
posthouse-staff-statistics-line = { $name }: { $entries }
posthouse-staff-statistics-banned = { $name } (заблоковано)
posthouse-ban-help = Заблокувати автора повідомлення, на яке відповідаєте
posthouse-post_ad-help = Опублікувати в каналі, з посиланням на кнопці
posthouse-statistics-help = Показати, хто скільки опублікував
