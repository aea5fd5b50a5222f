package io.rowlock.app.credits;

import io.rowlock.app.credits.CreditBodies.Monitoring;
import io.rowlock.app.metrics.UnitTimes;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import java.util.List;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** For those who run the credits. */
@Tag(
        name = "Credit maintenance",
        description = "How the credits stand, whether their books are right, and their repair")
@RestController
@RequestMapping(path = "/api/credits", produces = MediaType.APPLICATION_JSON_VALUE)
final class MaintenanceController {
    private final Monitor monitor;
    private final UnitTimes times;
    private final GrantRepair repair;

    MaintenanceController(Monitor monitor, @Qualifier("creditsUnitTimes") UnitTimes times, GrantRepair repair) {
        this.monitor = monitor;
        this.times = times;
        this.repair = repair;
    }

    @Operation(
            summary = "Show how the credits stand",
            description = "overview: what there is. data-consistency: whether the books are right; reads whole tables."
                    + " performance: how the operations fared on this node since it started.")
    @GetMapping("/monitoring")
    Monitoring monitoring(
            @Schema(allowableValues = {"overview", "data-consistency", "performance"})
                    @RequestParam(defaultValue = "overview")
                    @Pattern(
                            regexp = "overview|data-consistency|performance",
                            message = "one of overview, data-consistency, performance")
                    String action) {
        return new Monitoring(
                action,
                switch (action) {
                    case "data-consistency" -> CreditBodies.Consistency.of(monitor.audit());
                    case "performance" -> times.all();
                    default -> monitor.overview();
                });
    }

    @Operation(
            summary = "List what was booked more than once, the most often first",
            description = "None, unless the ledger is older than its unique key.")
    @GetMapping("/maintenance/duplicates")
    List<GrantRepair.Duplicate> duplicates(
            @RequestParam(defaultValue = "50")
                    @Min(value = 1, message = CreditBodies.LIMIT)
                    @Max(value = CreditBodies.LIMIT_MAX, message = CreditBodies.LIMIT)
                    int limit) {
        return repair.duplicates(limit);
    }

    @Operation(
            summary = "Repair a ledger with duplicates, and add its unique keys",
            description =
                    "Takes extra bookings and extra credits away, computes amounts anew, adds the keys that are missing; one"
                            + " commit for each student. With dryRun, and unless it is false, it says what it would do. May be"
                            + " sent again: on right books it changes nothing.")
    @PutMapping(path = "/maintenance/repair", consumes = MediaType.APPLICATION_JSON_VALUE)
    GrantRepair.Report repair(@Valid @RequestBody CreditBodies.Repair body) {
        return Boolean.FALSE.equals(body.dryRun()) ? repair.run() : repair.plan();
    }
}
