#pragma once
/*
 * git - the few facts about a repository that a session records, read from its files.
 *
 * Nothing here fails: what cannot be read is not known (NULL). No git program is started.
 */
struct arena;

struct git {
    const char *root;   /* of the working tree that holds the folder */
    const char *main;   /* of the main working tree: the same, but for a linked worktree */
    const char *dir;    /* the folder with HEAD of this working tree */
    const char *common; /* the folder with the refs */
};

/* The repository `folder` lies in; all NULL when there is none. */
struct git git_find(struct arena *arena, const char *folder);
const char *git_branch(struct arena *arena, const struct git *git); /* NULL when detached */
const char *git_head(struct arena *arena, const struct git *git);   /* 40 or 64 hex digits */
