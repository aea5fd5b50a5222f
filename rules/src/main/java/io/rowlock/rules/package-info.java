/**
 * What every module is held to by its architecture test: {@link io.rowlock.rules.ModuleRules}. The tests themselves say what is a
 * module's own, such as which packages it may use.
 */
@NullMarked
package io.rowlock.rules;

import org.jspecify.annotations.NullMarked;
