package io.rowlock.app.credits;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.app.Http;
import io.rowlock.app.Http.Answer;
import io.rowlock.app.RunningService;
import io.rowlock.app.Services;
import io.rowlock.app.naive.NaiveCredits;
import io.rowlock.app.naive.NaiveCredits.Form;
import io.rowlock.engines.Actors;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The credits as their callers meet them. */
class CreditHttpTest {
    private static final String KEY = "Idempotency-Key";
    private static final String FINISH = "/api/v1/course.finish";

    @RegisterExtension
    static final Services SERVICES = new Services();

    private final String application = UUID.randomUUID().toString();
    private final String student = UUID.randomUUID().toString();

    @SuppressWarnings("NullAway.Init") // by start()
    private Http http;

    @BeforeEach
    void start(Database database) {
        http = SERVICES.on(database).http();
    }

    private String major() {
        Answer major =
                http.post("/api/credits/majors", "{\"applicationId\":\"" + application + "\",\"name\":\"Databases\"}");
        assertThat(major.status()).as("%s", major).isEqualTo(201);
        return major.at("/id");
    }

    private String course(String major, int lesson) {
        Answer course = http.post(
                "/api/credits/courses",
                "{\"majorId\":\"" + major + "\",\"lesson\":" + lesson + ",\"name\":\"Lesson " + lesson + "\"}");
        assertThat(course.status()).as("%s", course).isEqualTo(201);
        return course.at("/id");
    }

    private String started() {
        String course = course(major(), 1);
        assertThat(http.post("/api/credits/accesses", who(course)).status()).isEqualTo(201);
        assertThat(http.post("/api/v1/course.start", who(course)).at("/status")).isEqualTo("started");
        return course;
    }

    private String who(String course) {
        return "{\"studentId\":\"" + student + "\",\"courseId\":\"" + course + "\"}";
    }

    private String finished(String course) {
        return "{\"studentId\":\"" + student + "\",\"courseId\":\"" + course
                + "\",\"isFinished\":true,\"isFinalTest\":false}";
    }

    private List<String> amounts() {
        return http.get("/api/credits/students/" + student + "/credits")
                .json()
                .valueStream()
                .map(credit -> credit.path("amount").asString() + " of "
                        + credit.path("transactions").size())
                .toList();
    }

    @Databases
    void aCourseIsSetUpStartedFinishedAndCredited(Database database) {
        String major = major();
        String course = course(major, 3);
        Answer opened = http.post("/api/credits/accesses", who(course));
        assertThat(opened.status()).isEqualTo(201);
        String location = opened.header("Location").orElseThrow();
        assertThat(opened.at("/status")).isEqualTo("not_started");
        assertThat(http.post(FINISH, finished(course)).code()).isEqualTo("COURSE_NOT_STARTED");
        assertThat(http.post("/api/v1/course.start", who(course)).status()).isEqualTo(200);

        Answer finished = http.post(FINISH, finished(course));

        assertThat(finished.status()).as("%s", finished).isEqualTo(200);
        assertThat(finished.at("/status")).isEqualTo("on_time_finished");
        assertThat(finished.at("/majorId")).isEqualTo(major);
        assertThat(finished.header("ETag")).contains("\"3\"");
        assertThat(http.get(location).text()).isEqualTo(finished.text());
        assertThat(http.get("/api/credits/students/" + student + "/accesses")
                        .json()
                        .get(0))
                .isEqualTo(finished.json());
        Answer credits = http.get("/api/credits/students/" + student + "/credits");
        assertThat(credits.at("/0/applicationId")).isEqualTo(application);
        assertThat(credits.at("/0/amount")).isEqualTo("1.00");
        assertThat(credits.at("/0/transactions/0/courseId")).isEqualTo(course);
        assertThat(credits.at("/0/transactions/0/change")).isEqualTo("1.00");
        assertThat(credits.json().at("/0/transactions/0/type").asInt()).isEqualTo(6);
        assertThat(http.get("/api/credits/majors/" + major).at("/courses/0/id")).isEqualTo(course);
        assertThat(http.get("/api/credits/courses/" + course)
                        .json()
                        .get("lesson")
                        .asInt())
                .isEqualTo(3);
        Answer again = http.post(FINISH, finished(course));
        assertThat(again.status()).isEqualTo(422);
        assertThat(again.code()).isEqualTo("COURSE_ALREADY_FINISHED");
        assertThat(again.at("/facts/status")).isEqualTo("on_time_finished");
        assertThat(again.at("/facts/finishedAt")).isEqualTo(finished.at("/finishedAt"));
        assertThat(amounts()).containsExactly("1.00 of 1");
    }

    /** credits-9: the answer was lost and the request comes again. */
    @Databases
    void aRepeatGetsTheFirstAnswerAndGrantsNothing(Database database) {
        String course = started();
        String key = UUID.randomUUID().toString();

        Answer first = http.post(FINISH, finished(course), KEY, key);
        Answer repeat = http.post(FINISH, finished(course), KEY, key);
        Answer another = http.post(FINISH, finished(course), KEY, key + "x");

        assertThat(first.status()).isEqualTo(200);
        assertThat(repeat.text()).isEqualTo(first.text());
        assertThat(repeat.status()).isEqualTo(200);
        assertThat(repeat.header("ETag")).isEqualTo(first.header("ETag"));
        assertThat(repeat.header("Idempotent-Replayed")).contains("true");
        assertThat(another.code()).isEqualTo("COURSE_ALREADY_FINISHED");
        assertThat(amounts()).containsExactly("1.00 of 1");
    }

    /** credits-9, at once: each gets the one answer. */
    @Databases
    void manyAtOnceWithOneKeyAreAnsweredAlike(Database database) {
        for (int round = 1; round <= 5; round++) {
            String course = started();
            String key = UUID.randomUUID().toString();
            List<Callable<Answer>> all = IntStream.range(0, 6)
                    .<Callable<Answer>>mapToObj(i -> () -> http.post(FINISH, finished(course), KEY, key))
                    .toList();

            List<Answer> answers = Actors.run(Actors.DEADLINE, all).stream()
                    .map(Actors.Outcome::get)
                    .toList();

            assertThat(answers).extracting(Answer::status).containsOnly(200);
            assertThat(answers)
                    .extracting(Answer::text)
                    .containsOnly(answers.get(0).text());
            assertThat(answers)
                    .filteredOn(answer -> answer.header("Idempotent-Replayed").isEmpty())
                    .hasSize(1);
            assertThat(amounts()).containsExactly(round + ".00 of " + round);
        }
    }

    @Databases
    void aStudentMayComeOnceInTwoSeconds(Database database) {
        Map<String, String> limit =
                Map.of("rowlock.credits.rate-limit.max", "1", "rowlock.credits.rate-limit.window", "1d");
        List<String> courses = List.of(started(), started());
        try (RunningService here = RunningService.on(database, limit);
                RunningService there = RunningService.on(database, limit)) {
            String key = UUID.randomUUID().toString();
            Answer first = here.http().post(FINISH, finished(courses.get(0)), KEY, key);
            Answer second = there.http().post(FINISH, finished(courses.get(1)));
            Answer repeat = there.http().post(FINISH, finished(courses.get(0)), KEY, key);

            assertThat(first.status()).as("%s", first).isEqualTo(200);
            assertThat(second.status()).isEqualTo(429);
            assertThat(second.code()).isEqualTo("RATE_LIMITED");
            assertThat(second.at("/facts/studentId")).isEqualTo(student);
            assertThat(second.header("Retry-After")).isPresent();
            assertThat(repeat.text()).as("a repeat is no call").isEqualTo(first.text());
        }
        assertThat(http.post(FINISH, finished(courses.get(1))).status()).isEqualTo(200);
        assertThat(amounts()).hasSize(1).allSatisfy(amount -> assertThat(amount).isEqualTo("2.00 of 2"));
    }

    @Databases
    void errorsAreToldInBothLanguages(Database database) {
        String course = course(major(), 1);
        Answer english = http.post(FINISH, finished(course));
        Answer chinese = http.post(FINISH, finished(course), "Accept-Language", "zh");

        assertThat(english.status()).isEqualTo(404);
        assertThat(english.at("/message")).isEqualTo("The student does not take this course");
        assertThat(chinese.at("/message")).isEqualTo("该学生未选修此课程");
        assertThat(chinese.code()).isEqualTo(english.code()).isEqualTo("UNKNOWN_ACCESS");
        assertThat(chinese.json().get("facts")).isEqualTo(english.json().get("facts"));
        Answer missing = http.post(FINISH, who(course));
        assertThat(missing.status()).isEqualTo(400);
        assertThat(missing.at("/facts/field")).isEqualTo("isFinished");
        assertThat(http.post("/api/credits/courses", "{\"majorId\":\"" + course + "\",\"lesson\":13,\"name\":\"x\"}")
                        .at("/facts/expected"))
                .isEqualTo("a whole number from 1 to 12");
    }

    /** credits-11 over HTTP, on a database of its own. */
    @Databases
    void aDirtyLedgerIsRepairedOverHttp(Database database) throws SQLException {
        try (Database own = Database.create(database.engine());
                RunningService service = RunningService.on(own)) {
            http = service.http();
            String course = started();
            NaiveCredits.dropKeys(own.dataSource(), own.engine());
            NaiveCredits naive =
                    new NaiveCredits(own.dataSource(), own.engine(), Form.NO_LOCK, UUID.fromString(application));
            for (int time = 1; time <= 2; time++) {
                own.execute("UPDATE course_access SET status = 2, finished_at = NULL");
                assertThat(naive.finish(UUID.fromString(student), UUID.fromString(course)))
                        .isTrue();
            }
            assertThat(http.get("/api/credits/monitoring?action=data-consistency")
                            .json()
                            .at("/data/consistent")
                            .asBoolean())
                    .isFalse();
            assertThat(http.get("/api/credits/maintenance/duplicates")
                            .json()
                            .at("/0/times")
                            .asInt())
                    .isEqualTo(2);

            Answer plan = http.put("/api/credits/maintenance/repair", "{}");
            assertThat(plan.json().get("dryRun").asBoolean()).isTrue();
            assertThat(amounts()).containsExactly("2.00 of 2");
            Answer done = http.put("/api/credits/maintenance/repair", "{\"dryRun\":false}");
            Answer again = http.put("/api/credits/maintenance/repair", "{\"dryRun\":false}");

            assertThat(done.json().get("bookingsRemoved").asInt()).isOne();
            assertThat(done.json().get("changes")).isEqualTo(plan.json().get("changes"));
            assertThat(done.json().get("complete").asBoolean()).isTrue();
            assertThat(again.json().get("students").asInt()).isZero();
            assertThat(again.json().get("keysAdded")).isEmpty();
            assertThat(amounts()).containsExactly("1.00 of 1");
            assertThat(http.get("/api/credits/monitoring?action=data-consistency")
                            .json()
                            .at("/data/consistent")
                            .asBoolean())
                    .isTrue();
            assertThat(http.get("/api/credits/monitoring").at("/data/booked")).isEqualTo("1.00");
            assertThat(http.get("/api/credits/monitoring?action=performance").text())
                    .contains("credits-repair")
                    .doesNotContain("lottery-");
        }
    }
}
