package io.rowlock.app.http;

import io.rowlock.Interrupted;
import io.rowlock.RowlockException;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.apache.catalina.connector.ClientAbortException;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.TypeMismatchException;
import org.springframework.context.i18n.LocaleContextHolder;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.validation.FieldError;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import org.springframework.web.servlet.resource.NoResourceFoundException;

/** Makes one shape of whatever ends a request: refusals, malformed requests, a database that is away, broken code. */
@RestControllerAdvice
final class ErrorAdvice extends ResponseEntityExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ErrorAdvice.class);

    /** Contention passes quickly; a caller that comes back at once only feeds it. */
    private static final Duration RETRY_CONTENTION = Duration.ofSeconds(1);

    /** A database that was restarted is back within seconds. */
    private static final Duration RETRY_DATABASE = Duration.ofSeconds(5);

    // ---- what the application says

    @ExceptionHandler
    ResponseEntity<Object> refused(ApiException refusal) {
        return answer(refusal.status(), refusal.error(), refusal.headers());
    }

    @ExceptionHandler
    ResponseEntity<Object> malformed(Malformed malformed) {
        return answer(HttpStatus.BAD_REQUEST, expected(malformed.expected()), new HttpHeaders());
    }

    // ---- what the guards say

    @ExceptionHandler
    ResponseEntity<Object> guards(RowlockException failure, HttpServletRequest request) {
        return PassingFailure.of(failure)
                .map(passing -> later(passing, failure))
                .orElseGet(() -> broken(failure, request));
    }

    private static ResponseEntity<Object> later(PassingFailure passing, RowlockException failure) {
        if (passing == PassingFailure.CONTENTION) {
            return later(RETRY_CONTENTION, passing.error());
        }
        LOG.warn("{}", failure.getMessage());
        return later(RETRY_DATABASE, passing.error());
    }

    @ExceptionHandler
    ResponseEntity<Object> interrupted(Interrupted interrupted) {
        return later(RETRY_DATABASE, ApiError.of(HttpStatus.SERVICE_UNAVAILABLE));
    }

    /** The caller has gone while it was answered. */
    @ExceptionHandler
    void gone(ClientAbortException gone) {
        LOG.debug("Nobody to answer", gone);
    }

    /** A query or a form that cannot be decoded. */
    @ExceptionHandler
    ResponseEntity<Object> undecodable(InvalidParameterException undecodable) {
        return answer(HttpStatus.BAD_REQUEST, ApiError.of("MALFORMED.query"), new HttpHeaders());
    }

    @ExceptionHandler
    ResponseEntity<Object> broken(Exception broken, HttpServletRequest request) {
        String reference = UUID.randomUUID().toString();
        LOG.error("{} {} failed (reference={})", request.getMethod(), request.getRequestURI(), reference, broken);
        return answer(
                HttpStatus.INTERNAL_SERVER_ERROR,
                withFact(HttpStatus.INTERNAL_SERVER_ERROR, "reference", reference),
                new HttpHeaders());
    }

    private static ResponseEntity<Object> later(Duration when, ApiError error) {
        HttpHeaders headers = new HttpHeaders();
        headers.set(HttpHeaders.RETRY_AFTER, Long.toString(when.toSeconds()));
        return answer(HttpStatus.SERVICE_UNAVAILABLE, error, headers);
    }

    // ---- what the framework says; its own texts name Java types and repeat the request, so none of them is passed on

    @Override
    protected ResponseEntity<Object> handleExceptionInternal(
            Exception thrown, @Nullable Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        if (status.is5xxServerError()) {
            LOG.error("{} failed", request.getDescription(false), thrown);
        }
        ApiError error = describe(thrown, status, request);
        // What was not readable may have been too long, which turns out in the middle of reading.
        return answer(error.code().equals(ApiError.TOO_LARGE) ? HttpStatus.CONTENT_TOO_LARGE : status, error, headers);
    }

    private static ApiError describe(Exception thrown, HttpStatusCode status, WebRequest request) {
        if (thrown instanceof HttpMessageNotReadableException unreadable) {
            return JsonErrors.describe(unreadable);
        }
        if (thrown instanceof MethodArgumentNotValidException invalid) {
            // They come in no order; the first by name is the same one for the same request.
            return invalid.getFieldErrors().stream()
                    .min(Comparator.comparing(FieldError::getField))
                    .map(first -> JsonErrors.field(first.getField(), String.valueOf(first.getDefaultMessage())))
                    .orElseGet(() -> ApiError.of(status));
        }
        if (thrown instanceof HandlerMethodValidationException invalid) {
            return invalid.getParameterValidationResults().stream()
                    .findFirst()
                    .map(result -> JsonErrors.field(
                            String.valueOf(result.getMethodParameter().getParameterName()),
                            String.valueOf(result.getResolvableErrors().get(0).getDefaultMessage())))
                    .orElseGet(() -> ApiError.of(status));
        }
        if (thrown instanceof MethodArgumentTypeMismatchException mismatch) {
            return JsonErrors.field(mismatch.getName(), JsonErrors.expected(mismatch.getRequiredType()));
        }
        if (thrown instanceof TypeMismatchException mismatch) {
            return expected(JsonErrors.expected(mismatch.getRequiredType()));
        }
        if (thrown instanceof HttpRequestMethodNotSupportedException method) {
            return withFact(
                    status,
                    "allowed",
                    List.of(method.getSupportedMethods() == null ? new String[0] : method.getSupportedMethods()));
        }
        if (thrown instanceof HttpMediaTypeNotSupportedException type) {
            return withFact(
                    status,
                    "supported",
                    type.getSupportedMediaTypes().stream()
                            .filter(supported -> !supported.isWildcardSubtype()
                                    && !supported.getSubtype().startsWith("*"))
                            .map(MediaType::toString)
                            .distinct()
                            .toList());
        }
        if (thrown instanceof NoResourceFoundException) {
            return withFact(
                    status, "path", ((ServletWebRequest) request).getRequest().getRequestURI());
        }
        return ApiError.of(status);
    }

    private static ApiError expected(String expected) {
        return ApiError.of("MALFORMED.value", "expected", expected);
    }

    private static ApiError withFact(HttpStatusCode status, String name, Object value) {
        ApiError plain = ApiError.of(status);
        return new ApiError(plain.code(), plain.message(), Map.of(name, value), plain.key());
    }

    private static ResponseEntity<Object> answer(HttpStatusCode status, ApiError error, HttpHeaders headers) {
        Locale language = LocaleContextHolder.getLocale();
        // The type is set, so that it stays JSON whatever the request says it accepts.
        return ResponseEntity.status(status)
                .headers(headers)
                .header(HttpHeaders.CONTENT_LANGUAGE, language.toLanguageTag())
                .contentType(MediaType.APPLICATION_JSON)
                .body(error.in(language));
    }
}
