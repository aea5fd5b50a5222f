package io.rowlock.app.sync;

import static io.rowlock.app.sync.Answers.require;

import io.rowlock.app.audit.Finding;
import io.rowlock.app.http.Idempotent;
import io.rowlock.app.metrics.UnitTimes;
import io.rowlock.app.sync.SyncTables.InstanceRow;
import io.rowlock.app.sync.remote.RemoteInstance;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The instances that are synced, what is in them, and how the sync stands. */
@Tag(name = "Sync instances", description = "Databases that are synced, and what is in them")
@RestController
@RequestMapping(path = "/api/sync", produces = MediaType.APPLICATION_JSON_VALUE)
final class InstanceController {
    private final Instances instances;
    private final SyncQueries queries;
    private final Monitor monitor;
    private final UnitTimes times;
    private final Idempotent idempotent;

    InstanceController(
            Instances instances,
            SyncQueries queries,
            @Qualifier("syncMonitor") Monitor monitor,
            @Qualifier("syncUnitTimes") UnitTimes times,
            Idempotent idempotent) {
        this.instances = instances;
        this.queries = queries;
        this.monitor = monitor;
        this.times = times;
        this.idempotent = idempotent;
    }

    @Operation(
            summary = "Take an instance in",
            description =
                    "Nobody is asked there before the next session. Servers must be on a host, and files in a folder, that"
                            + " the options of the service allow.")
    @ResponseStatus(HttpStatus.CREATED)
    @PostMapping(path = "/instances", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<SyncBodies.Instance> register(@Valid @RequestBody SyncBodies.NewInstance body) {
        return idempotent.post(body, () -> {
            InstanceRow instance = require(instances.register(
                    body.name(), new RemoteInstance(body.url(), body.username(), body.credential())));
            return ResponseEntity.created(URI.create("/api/sync/instances/" + instance.id()))
                    .body(SyncBodies.Instance.of(instance));
        });
    }

    @Operation(summary = "List instances by their names")
    @GetMapping("/instances")
    List<SyncBodies.Instance> instances(
            @RequestParam(defaultValue = "50")
                    @Min(value = 1, message = SyncBodies.LIMIT)
                    @Max(value = SyncBodies.LIMIT_MAX, message = SyncBodies.LIMIT)
                    int limit) {
        return queries.instances(limit).stream().map(SyncBodies.Instance::of).toList();
    }

    @Operation(summary = "Show an instance")
    @GetMapping("/instances/{instanceId}")
    SyncBodies.Instance instance(@PathVariable UUID instanceId) {
        return SyncBodies.Instance.of(require(queries.instance(instanceId), new Refusal.UnknownInstance(instanceId)));
    }

    @Operation(
            summary = "Remove an instance",
            description =
                    "With its accounts and its records; the sessions that had it are counted anew. The database itself is"
                            + " left alone.")
    @DeleteMapping("/instances/{instanceId}")
    SyncBodies.Instance delete(@PathVariable UUID instanceId) {
        return SyncBodies.Instance.of(require(instances.delete(instanceId)));
    }

    @Operation(summary = "List what is in an instance, as it was when it was last synced")
    @GetMapping("/instances/{instanceId}/accounts")
    List<SyncBodies.Account> accounts(
            @PathVariable UUID instanceId,
            @Schema(description = "Whether what is gone is listed too") @RequestParam(defaultValue = "false")
                    boolean deleted,
            @RequestParam(defaultValue = "50")
                    @Min(value = 1, message = SyncBodies.LIMIT)
                    @Max(value = SyncBodies.LIMIT_MAX, message = SyncBodies.LIMIT)
                    int limit) {
        return require(queries.accounts(instanceId, deleted, limit), new Refusal.UnknownInstance(instanceId)).stream()
                .map(SyncBodies.Account::of)
                .toList();
    }

    @Operation(
            summary = "Show how the sync stands",
            description =
                    "overview: sessions, records and instances in numbers. data-consistency: whether what is stored agrees"
                            + " with itself; reads whole tables. performance: how the operations fared on this node since it started,"
                            + " each a local transaction: the longest of sync-complete-record is the longest write lock. settings: what a"
                            + " connection of this node is set to.")
    @GetMapping("/monitoring")
    SyncBodies.Monitoring monitoring(
            @Schema(allowableValues = {"overview", "data-consistency", "performance", "settings"})
                    @RequestParam(defaultValue = "overview")
                    @Pattern(
                            regexp = "overview|data-consistency|performance|settings",
                            message = "one of overview, data-consistency, performance, settings")
                    String action) {
        return new SyncBodies.Monitoring(
                action,
                switch (action) {
                    case "data-consistency" -> consistency(monitor.audit());
                    case "performance" -> times.all();
                    case "settings" -> monitor.settings();
                    default -> SyncBodies.Statistics.of(queries.statistics());
                });
    }

    private static SyncBodies.Consistency consistency(List<Finding> findings) {
        return SyncBodies.Consistency.of(findings);
    }
}
