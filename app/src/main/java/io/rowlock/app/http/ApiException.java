package io.rowlock.app.http;

import io.rowlock.Version;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;

/**
 * Ends a request with an error. Controllers throw it when the value a service answered is not a success; the services know
 * nothing of it.
 */
public final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final HttpStatus status;
    private final transient ApiError error;
    private final transient HttpHeaders headers;

    private ApiException(HttpStatus status, ApiError error, HttpHeaders headers) {
        // An answer, not a fault: nobody reads its stack.
        super(error.message(), null, false, false);
        this.status = status;
        this.error = error;
        this.headers = headers;
    }

    /** 404: something that the request names does not exist. The name of the record is the code, it has the facts. */
    public static ApiException unknown(Record why, String message) {
        return new ApiException(
                HttpStatus.NOT_FOUND, new ApiError(ApiError.code(why.getClass()), message, why), new HttpHeaders());
    }

    /** 422: a rule refuses it. The name of the record is the code, it has the facts. */
    public static ApiException refused(Record why, String message) {
        return new ApiException(
                HttpStatus.UNPROCESSABLE_CONTENT,
                new ApiError(ApiError.code(why.getClass()), message, why),
                new HttpHeaders());
    }

    /** 409: the caller has seen an older state. The answer carries the current one and its version. */
    public static ApiException conflict(Object current, Version expected, Version actual) {
        HttpHeaders headers = new HttpHeaders();
        headers.setETag(actual.etag());
        return new ApiException(
                HttpStatus.CONFLICT,
                ApiError.of(
                        ApiError.VERSION_CONFLICT,
                        "It has changed since; look at the current state and decide again",
                        "expectedVersion",
                        expected.number(),
                        "currentVersion",
                        actual.number(),
                        "current",
                        current),
                headers);
    }

    HttpStatus status() {
        return status;
    }

    ApiError error() {
        return error;
    }

    HttpHeaders headers() {
        return headers;
    }
}
