package io.rowlock.app.mastery;

import java.util.List;

/** What is proposed to somebody who has just started the service. An answer makes its user, so that nothing need be there before. */
final class MasterySamples {
    private static final String USER = "ada";

    private MasterySamples() {}

    /** Lines to try. */
    static List<String> commands(String url) {
        return List.of(
                "curl -s " + url + "/api/amas/process -H 'Content-Type: application/json' -d '{\"userId\":\"" + USER
                        + "\",\"wordId\":\"lighthouse\",\"isCorrect\":true,\"responseTime\":2100}'",
                "curl -s '" + url + "/api/amas/strategy?userId=" + USER + "'");
    }
}
