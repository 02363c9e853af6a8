// SCIMMY on express with Maps in memory; userName is indexed by hand, which SCIMMY leaves to whoever uses it.
// Nothing is kept on disk.
//
//     node server.mjs PORT
import { randomUUID } from "node:crypto";
import express from "express";
import SCIMMY from "scimmy";
import SCIMMYRouters from "scimmy-routers";

const users = new Map();
const idsByUserName = new Map();
const groups = new Map();

function stamped(id, data, held, type) {
    const now = new Date().toISOString();
    return { ...data, id, meta: { resourceType: type, created: held?.meta.created ?? now, lastModified: now } };
}

function theUserName(filter) {
    // The filter userName eq "x", and no other, is answered by the index.
    if (filter?.length !== 1 || Object.keys(filter[0]).join() !== "userName") return undefined;
    const [operator, value] = filter[0].userName;
    return operator === "eq" ? value : undefined;
}

SCIMMY.Resources.declare(SCIMMY.Resources.User)
    .ingress((resource, data) => {
        const key = data.userName.toLowerCase();
        const owner = idsByUserName.get(key);
        if (owner !== undefined && owner !== resource.id) {
            throw new SCIMMY.Types.Error(409, "uniqueness", "This userName is taken.");
        }
        const held = resource.id ? users.get(resource.id) : undefined;
        if (resource.id && !held) throw new Error("There is no such user.");
        const id = resource.id ?? randomUUID();
        if (held) idsByUserName.delete(held.userName.toLowerCase());
        idsByUserName.set(key, id);
        const user = stamped(id, data, held, "User");
        users.set(id, user);
        return user;
    })
    .egress((resource) => {
        if (resource.id) {
            const user = users.get(resource.id);
            if (!user) throw new Error("There is no such user.");
            return user;
        }
        const name = theUserName(resource.filter);
        if (name === undefined) return [...users.values()];
        const id = idsByUserName.get(name.toLowerCase());
        return id === undefined ? [] : [users.get(id)];
    })
    .degress((resource) => {
        const user = users.get(resource.id);
        if (!user) throw new Error("There is no such user.");
        idsByUserName.delete(user.userName.toLowerCase());
        users.delete(resource.id);
    });

SCIMMY.Resources.declare(SCIMMY.Resources.Group)
    .ingress((resource, data) => {
        const held = resource.id ? groups.get(resource.id) : undefined;
        if (resource.id && !held) throw new Error("There is no such group.");
        const id = resource.id ?? randomUUID();
        const group = stamped(id, data, held, "Group");
        groups.set(id, group);
        return group;
    })
    .egress((resource) => {
        if (!resource.id) return [...groups.values()];
        const group = groups.get(resource.id);
        if (!group) throw new Error("There is no such group.");
        return group;
    })
    .degress((resource) => {
        groups.delete(resource.id);
    });

const app = express();
app.disable("x-powered-by");
app.use(
    "/scim",
    new SCIMMYRouters({
        type: "bearer",
        handler: (request) => {
            if (request.header("Authorization") !== "Bearer bench") throw new Error("Not the token.");
            return "bench";
        },
    }),
);
const server = app.listen(Number(process.argv[2]), "127.0.0.1");
// A list keeps the process busy for seconds; a connection that waits meanwhile is not idle.
server.keepAliveTimeout = 120_000;
