package io.rowlock.app.compare;

import java.util.List;

/**
 * A load under which forms are compared.
 *
 * @param title what all clients do
 * @param forms the forms; the first is the one the others are compared with
 */
public record Contest(String title, List<Form> forms) {}
