package io.rowlock.watch.jdbc;

import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import net.ttddyy.dsproxy.ConnectionInfo;
import net.ttddyy.dsproxy.proxy.ProxyConfig;
import net.ttddyy.dsproxy.proxy.jdk.JdkJdbcProxyFactory;

/** The library's proxies; remembers the proxy of each statement, so that its result sets lead back to it. */
final class ObservedProxies extends JdkJdbcProxyFactory {

    private final ObservedSession session;

    ObservedProxies(ObservedSession session) {
        this.session = session;
    }

    @Override
    public Statement createStatement(
            Statement statement, ConnectionInfo info, Connection connection, ProxyConfig config) {
        Statement proxy = super.createStatement(statement, info, connection, config);
        session.statement(statement).proxiedBy(proxy);
        return proxy;
    }

    @Override
    public PreparedStatement createPreparedStatement(
            PreparedStatement statement,
            String sql,
            ConnectionInfo info,
            Connection connection,
            ProxyConfig config,
            boolean generateKeys) {
        PreparedStatement proxy = super.createPreparedStatement(statement, sql, info, connection, config, generateKeys);
        session.statement(statement).proxiedBy(proxy);
        return proxy;
    }

    @Override
    public CallableStatement createCallableStatement(
            CallableStatement statement, String sql, ConnectionInfo info, Connection connection, ProxyConfig config) {
        CallableStatement proxy = super.createCallableStatement(statement, sql, info, connection, config);
        session.statement(statement).proxiedBy(proxy);
        return proxy;
    }
}
