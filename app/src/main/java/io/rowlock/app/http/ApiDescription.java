package io.rowlock.app.http;

import io.swagger.v3.core.converter.ModelConverters;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.info.License;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.parameters.HeaderParameter;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.servers.Server;
import java.util.List;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The head of the API reference, and the errors that every operation can answer. */
@Configuration(proxyBeanMethods = false)
class ApiDescription {
    private static final String INTRODUCTION = """
            Reference systems that stand on Rowlock. Each operation is one unit of work: it happens as a whole, on what it \
            has seen, or not at all.

            **Money** is text with two decimals, `"150.00"`. **Versions** come as `ETag` and go back as `If-Match`.

            **Repeating** a POST is safe with an `Idempotency-Key`: it takes effect once, and a repeat gets the first answer, \
            marked `Idempotent-Replayed: true`, for a day.

            **Errors** have one shape, `code`, `message` and `facts`:

            | status | when |
            |---|---|
            | 400 | the request is malformed |
            | 404 | something it names does not exist |
            | 409 | it was made from an older version; the answer has the current state and its `ETag` |
            | 422 | a rule refuses it; the facts say which numbers are in the way. `IDEMPOTENCY_KEY_REUSED`: the key came with \
            another request before |
            | 428 | the operation wants an `If-Match`: the version that was seen, or `*` for whatever is there |
            | 429 | too often; `Retry-After` says when to come back |
            | 503 | the database is away or too many change the same thing; `Retry-After` says when to come back. \
            `COMMIT_OUTCOME_UNKNOWN`: look before you repeat |
            """;

    @Bean
    OpenAPI head(@Value("${rowlock.version}") String version) {
        return new OpenAPI()
                .servers(List.of(new Server().url("/").description("This service")))
                .info(new Info()
                        .title("Rowlock")
                        .description(INTRODUCTION)
                        .version(version)
                        .license(new License()
                                .name("Apache-2.0")
                                .url("https://www.apache.org/licenses/LICENSE-2.0.txt")));
    }

    @Bean
    OpenApiCustomizer errors() {
        return api -> {
            ModelConverters.getInstance(true)
                    .readAllAsResolvedSchema(ApiError.class)
                    .referencedSchemas
                    .forEach(api::schema);
            if (api.getPaths() != null) {
                api.getPaths().values().forEach(ApiDescription::addErrors);
            }
        };
    }

    private static void addErrors(PathItem path) {
        path.readOperationsMap().forEach((method, operation) -> {
            boolean writes = method != PathItem.HttpMethod.GET && method != PathItem.HttpMethod.HEAD;
            boolean names = writes || parameters(operation, "path");
            if (writes || operation.getParameters() != null) {
                add(operation, "400", "Malformed");
            }
            if (names) {
                add(operation, "404", "Unknown");
            }
            if (parameters(operation, "header")) {
                add(operation, "409", "Made from an older version");
            }
            if (writes) {
                add(operation, "422", "Refused by a rule");
            }
            if (method == PathItem.HttpMethod.POST) {
                operation.addParametersItem(new HeaderParameter()
                        .name(Idempotent.KEY)
                        .description(
                                "Names the request, 1 to 200 visible ASCII characters: with it, it takes effect once")
                        .schema(new StringSchema().minLength(1).maxLength(200)));
            }
            add(operation, "503", "Not now");
        });
    }

    private static boolean parameters(Operation operation, String in) {
        return operation.getParameters() != null
                && operation.getParameters().stream().anyMatch(parameter -> in.equals(parameter.getIn()));
    }

    private static void add(Operation operation, String status, String description) {
        Schema<?> error = new Schema<>().$ref("#/components/schemas/Error");
        operation
                .getResponses()
                .addApiResponse(
                        status,
                        new ApiResponse()
                                .description(description)
                                .content(
                                        new Content().addMediaType("application/json", new MediaType().schema(error))));
    }
}
