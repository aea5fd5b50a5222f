package io.rowlock.app.load;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** What the credits are asked for, and how often: weights are shares of the whole. */
enum CreditStep implements Kind {
    OPEN(22, "POST /credits/accesses"),
    START(22, "POST /v1/course.start"),
    FINISH(36, "POST /v1/course.finish"),
    /** Finishes what is finished already. */
    FINISH_AGAIN(4, "POST /v1/course.finish"),
    /** Says that the student has not been through all of it. */
    NOT_FINISHED(3, "POST /v1/course.finish"),
    EXPIRE(2, "POST /credits/accesses/{}/expire"),
    READ_ACCESS(5, "GET /credits/accesses/{}"),
    READ_CREDITS(6, "GET /credits/students/{}/credits"),
    /** Before the clients start; not by chance. */
    CREATE_MAJOR(0, "POST /credits/majors"),
    CREATE_COURSE(0, "POST /credits/courses");

    private static final List<CreditStep> DRAWN = drawn();

    private final int weight;
    private final String route;

    CreditStep(int weight, String route) {
        this.weight = weight;
        this.route = route;
    }

    private static List<CreditStep> drawn() {
        List<CreditStep> drawn = new ArrayList<>();
        for (CreditStep step : values()) {
            for (int i = 0; i < step.weight; i++) {
                drawn.add(step);
            }
        }
        return List.copyOf(drawn);
    }

    static CreditStep next(SplittableRandom random) {
        return DRAWN.get(random.nextInt(DRAWN.size()));
    }

    @Override
    public String route() {
        return route;
    }
}
