package io.rowlock.redis;

import io.rowlock.cache.SharedTier.Listener;
import io.rowlock.cache.SharedTier.TierKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what it is told. */
final class Ear implements Listener {
    final List<String> told = new CopyOnWriteArrayList<>();

    @Override
    public void changed(String region, String key) {
        told.add(region + "/" + key);
    }

    @Override
    public void connected() {
        told.add("connected");
    }

    @Override
    public void disconnected() {
        told.add("disconnected");
    }

    String last() {
        return told.isEmpty() ? "" : told.get(told.size() - 1);
    }

    boolean hasHeard(TierKey key) {
        return told.contains(key.region() + "/" + key.key());
    }

    /** Without what was said twice in a row: each master of a cluster says it. */
    List<String> toldOnce() {
        List<String> once = new ArrayList<>();
        for (String one : told) {
            if (once.isEmpty() || !once.get(once.size() - 1).equals(one)) {
                once.add(one);
            }
        }
        return once;
    }
}
