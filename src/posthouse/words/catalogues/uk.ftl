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

## Збережені пошуки

# Як показано порожній вибір: нічого не вибрано означає все.
posthouse-search-all = усі
posthouse-search-above = Це більше за верхню межу, { $bound }. Вкажіть менше або спершу змініть верхню межу.
posthouse-search-below = Це менше за нижню межу, { $bound }. Вкажіть більше або поверніться й змініть нижню межу.
posthouse-search-week = { $count ->
    [0] За останній тиждень пошук не знайшов би нічого.
    [one] За останній тиждень пошук знайшов би { $count } запис.
    [few] За останній тиждень пошук знайшов би { $count } записи.
   *[other] За останній тиждень пошук знайшов би { $count } записів.
 }
posthouse-search-saved = Пошук увімкнено. Нове надходитиме вам, щойно з'явиться.
posthouse-search-fresh = Знайдено за останні три дні:
posthouse-search-nothing = За останні три дні нічого не знайдено.
posthouse-search-everything = усе
posthouse-search-none = У вас ще немає збережених пошуків.
posthouse-search-list = Ваші пошуки: { $name }
posthouse-search-is = { $title }
    Цей пошук { $state }.
posthouse-search-active = увімкнено
posthouse-search-paused = вимкнено
posthouse-search-suspended = призупинено
posthouse-search-on = Увімкнути
posthouse-search-off = Вимкнути
posthouse-search-change = Змінити
posthouse-search-look = Що він знаходить?
posthouse-search-end = Видалити
posthouse-search-end-sure = Видалити пошук «{ $title }»?
posthouse-search-ended = Пошук видалено.
posthouse-search-lost = Цього пошуку вже немає.
posthouse-search-misfit = Запитання цього пошуку відтоді змінилися. Будь ласка, змініть його й дайте відповіді ще раз.
posthouse-search-mine = Мої пошуки
posthouse-search-new = Новий пошук

# --- publishing: how items reach those who want them
posthouse-publishing-more = … і ще { $count }
posthouse-publishing-digest = { $title }: нових – { $count }
posthouse-publishing-open = Відкрити публікацію

# --- підписки: теми, публікації яких надходять самі
# $title – назва теми.
posthouse-subscription-ask = { $title }: коли надсилати нове?
# Коли надходить нове; $at – час, $day – день тижня.
posthouse-subscription-now = Одразу
posthouse-subscription-daily = Щодня о { $at }
posthouse-subscription-weekdays = З понеділка до п'ятниці о { $at }
posthouse-subscription-weekly = Раз на тиждень ({ $day }, { $at })
posthouse-subscription-custom = За власним розкладом ({ $cron })
# Стан підписки.
posthouse-subscription-active = Ви підписані.
posthouse-subscription-paused = Призупинено: нічого не надходить.
posthouse-subscription-suspended = Призупинено: { $reason }
posthouse-subscription-reason-blocked = Призупинено, бо бота було заблоковано.
posthouse-subscription-reason-gate = Призупинено, бо умови підписки більше не виконано.
posthouse-subscription-reason-plan = Призупинено, бо «{ $plan }» закінчилося.
# Налаштування, кожне в окремому рядку.
posthouse-subscription-is-when = Коли: { $when }
posthouse-subscription-is-quiet = Тихі години: { $quiet }
posthouse-subscription-is-most = { $most ->
    [0] Скільки на день: скільки є
   *[other] Скільки на день: щонайбільше { $most }
}
posthouse-subscription-is-edit = Зміни: надіслане виправляється
posthouse-subscription-is-again = Зміни: надсилаються ще раз
posthouse-subscription-is-ignore = Зміни: надіслане лишається як є
posthouse-subscription-is-zone = Часовий пояс: { $zone }, там зараз { $now }
posthouse-subscription-none = немає
# Кнопки.
posthouse-subscription-when = Коли
posthouse-subscription-quiet = Тихі години
posthouse-subscription-most = Скільки
posthouse-subscription-changes = Зміни
posthouse-subscription-zone = Часовий пояс
posthouse-subscription-pause = Призупинити
posthouse-subscription-resume = Відновити
posthouse-subscription-end = Відписатися
posthouse-subscription-end-sure = Відписатися від «{ $title }»?
posthouse-subscription-again = Підписатися знову
posthouse-subscription-search = Пошук
posthouse-subscription-mine = Мої підписки
posthouse-subscription-back = ‹ Назад
posthouse-subscription-settings = ⚙ Підписка
posthouse-subscription-more = Показати
posthouse-subscription-clock = Інший час
posthouse-subscription-quiet-other = Інші години
posthouse-subscription-any = Скільки є
posthouse-subscription-do-edit = Виправити надіслане
posthouse-subscription-do-again = Надіслати ще раз
posthouse-subscription-do-ignore = Лишити як є
# Запитання.
posthouse-subscription-ask-when = { $title }: коли надсилати нове?
posthouse-subscription-ask-clock = О котрій годині?
posthouse-subscription-ask-quiet = Коли нічого не надсилати? Нове за цей час надійде потім.
posthouse-subscription-ask-from = Відколи має бути тихо?
posthouse-subscription-ask-until = Тихо від { $begins } – до котрої години?
posthouse-subscription-ask-most = Скільки щонайбільше на день? Про решту буде сказано, скільки її.
posthouse-subscription-ask-changes = Коли змінюється те, що вам уже надіслано:
posthouse-subscription-ask-area = За часом якої частини світу ви живете?
posthouse-subscription-ask-zone = Яке місце має ваш час? Можна написати кілька літер його назви.
posthouse-subscription-whole-day = Такі години не скінчилися б ніколи. Натомість призупиніть підписку.
# $title – назва теми.
posthouse-subscription-ended = Ви більше не підписані на «{ $title }».
posthouse-subscription-lost = Цієї підписки вже немає.
posthouse-subscription-staff = На що підписаний цей чат, вирішує лише персонал.
posthouse-subscription-list = Ваші підписки:
posthouse-subscription-nothing = У вас поки немає підписок.
posthouse-subscription-left-nothing = Нічого з цього вже немає.
# Що кажуть готові команди.
posthouse-subscription-topics = На що ви хочете підписатися?
posthouse-subscription-no-topics = Тут немає на що підписатися.
posthouse-subscription-which = Від якої підписки відмовитися?
posthouse-subscribe-help = Підписатися на те, що тут публікують
posthouse-subscriptions-help = Показати ваші підписки
posthouse-unsubscribe-help = Відписатися
# Сторінка теми; $bot – назва бота.
posthouse-subscription-page-by = Публікує «{ $bot }»
posthouse-subscription-page-newest = Найновіше
posthouse-subscription-page-nothing = Поки нічого не опубліковано.
posthouse-subscription-page-open = Підписатися в чаті
posthouse-subscription-page-feeds = Або читайте у програмі для стрічок:

# --- умови: що потрібно людині спочатку

posthouse-gate-member = Щоб продовжити, спершу приєднайтеся до «{ $chat }».
posthouse-gate-join = Приєднатися
posthouse-gate-joined = Я вже там
posthouse-gate-not-yet = Вас ще немає в «{ $chat }».
posthouse-gate-hidden = Це лише для учасників «{ $chat }», але бот не бачить, хто там є. Власники бота мають зробити його там адміністратором.
posthouse-gate-later = Зараз не вдається перевірити, чи ви є в «{ $chat }».
posthouse-gate-again = Спробувати ще раз
posthouse-gate-open = Дякуємо. Тепер надішліть { $command } ще раз.

posthouse-plan-needed = Це входить до «{ $plan }», а у вас цього ще немає.
posthouse-plan-needed-over = Це входить до «{ $plan }», що діяло у вас до { $until }.
posthouse-plan-about = Про «{ $plan }»
posthouse-plan-try = { $period } безкоштовно
posthouse-plan-months = { $count ->
    [one] { $count } місяць
    [few] { $count } місяці
   *[other] { $count } місяців
 }
posthouse-plan-days = { $count ->
    [one] { $count } день
    [few] { $count } дні
   *[other] { $count } днів
 }
posthouse-plan-hours = { $count ->
    [one] { $count } година
    [few] { $count } години
   *[other] { $count } годин
 }
posthouse-plan-is = «{ $plan }» діє у вас до { $until }.
posthouse-plan-was = «{ $plan }» діяло у вас до { $until }.
posthouse-plan-none = У вас немає «{ $plan }».
posthouse-plan-begun = «{ $plan }» ваше до { $until }.
posthouse-plan-given = Вам надали «{ $plan }». Діє до { $until }.
posthouse-plan-tried = Ви вже мали «{ $plan }» безкоштовно.
posthouse-plan-go-on = Далі
posthouse-plan-offer = Отримати на довше
posthouse-plan-near = «{ $plan }» діє у вас до { $until }. Після цього все, що від нього залежить, зупиниться.
posthouse-plan-over = «{ $plan }» закінчилося. Завдяки йому нічого не надходить, доки воно у вас не з'явиться знову.
posthouse-plans = Ваші плани
posthouse-plans-granted = { $person } має «{ $plan }» до { $until }.
posthouse-plans-revoked = { $person } більше не має «{ $plan }».
posthouse-plans-nothing = { $person } не має «{ $plan }».
posthouse-plans-unknown = Плану { $plan } немає. Є такі: { $plans }
posthouse-plans-periods = Вкажіть від 1 до { $most } періодів.

## Розсилки

posthouse-broadcast-help = Надіслати повідомлення всім або декому
posthouse-broadcast-words = Що написати? Форматування збережеться.
posthouse-broadcast-photo = Надішліть фото до нього або пропустіть.
posthouse-broadcast-label = Що написати на кнопці з посиланням? Пропустіть, якщо вона не потрібна.
posthouse-broadcast-url = Куди веде кнопка?
posthouse-broadcast-audience = Хто має це отримати?
posthouse-audience-all = Усі
posthouse-audience-active = Ті, хто нещодавно писав
posthouse-audience-language = Ті, хто говорить певною мовою
posthouse-audience-topic = Підписані на тему
posthouse-audience-role = Ті, хто має роль
posthouse-broadcast-days = За скільки останніх днів вони писали?
posthouse-broadcast-language = Якою мовою? Напишіть її код, наприклад en або uk.
posthouse-broadcast-topic = Як називається тема?
posthouse-broadcast-role = Як називається роль?
posthouse-broadcast-confirm =
    Отримувачів: { $count } ({ $whom }). Надіслати?
posthouse-broadcast-nobody = Цього ніхто б не отримав, тому нічого не надіслано.
posthouse-broadcast-left-out = Не отримають: { $listed }.
posthouse-broadcast-why-blocked = недоступні
posthouse-broadcast-why-banned = заблоковані
posthouse-broadcast-why-paused = на паузі
posthouse-broadcast-why-no-private-chat = не писали особисто
posthouse-broadcast-takes =
    Приблизно { $hours ->
        [0] { $minutes } хв
       *[other] { $hours } год { $minutes } хв
    }.
posthouse-broadcast-send = Так, надіслати
posthouse-broadcast-drop = Не надсилати
posthouse-broadcast-pause = Пауза
posthouse-broadcast-resume = Продовжити
posthouse-broadcast-cancel = Зупинити назовсім
posthouse-broadcast-dropped = Не надіслано.
posthouse-broadcast-gone = Цієї розсилки вже немає.
posthouse-broadcast-running = Розсилка { $id } триває: { $title }
posthouse-broadcast-paused = Розсилка { $id } на паузі: { $title }
posthouse-broadcast-scheduled = Розсилка { $id } чекає свого часу: { $title }
posthouse-broadcast-cancelled = Розсилку { $id } зупинено: { $title }
posthouse-broadcast-done = Розсилку { $id } завершено: { $title }
posthouse-broadcast-retracted = Розсилку { $id } відкликано: { $title }
posthouse-broadcast-over = Розсилка { $id } скінчилася: { $title }
posthouse-broadcast-counts = Надіслано: { $sent }. Не вдалося: { $failed }. Невідомо: { $unknown }. Лишилося: { $left }.
