package backend

import (
	"errors"
	"fmt"
	"os/user"
	"strconv"

	"microtui/model"
)

// accountsOf looks up the users and groups that units name, but for user
// microvm, which the host has by itself. Those that are not there are left out.
func accountsOf(units []model.UnitSettings) ([]model.UserAccount, []model.GroupAccount, error) {
	var users []model.UserAccount
	var groups []model.GroupAccount
	var failed error
	seen := make(map[model.Raw]bool)
	fresh := func(kind, name model.Raw) bool {
		key := kind + name
		if name == "" || name == microvmUser && kind == "u" || seen[key] {
			return false
		}
		seen[key] = true
		return true
	}
	for _, unit := range units {
		if fresh("u", unit.User) {
			uid, of, err := accountOf(string(unit.User))
			if err != nil {
				failed = err
			}
			if uid != nil {
				users = append(users, model.UserAccount{Name: unit.User, UID: *uid, Groups: of})
			}
		}
		for _, name := range append([]model.Raw{unit.Group}, unit.SupplementaryGroups...) {
			if !fresh("g", name) {
				continue
			}
			gid, err := groupOf(string(name))
			if err != nil {
				failed = err
			}
			if gid != nil {
				groups = append(groups, model.GroupAccount{Name: name, GID: *gid})
			}
		}
	}
	return users, groups, failed
}

// accountOf gives the number of a user, named or numbered, and those of its
// groups, its own first; nil without an error where there is none. (Without cgo
// os/user reads /etc/passwd and /etc/group alone, where NixOS puts its users.)
func accountOf(name string) (uid *uint32, groups []uint32, err error) {
	if number, err := strconv.ParseUint(name, 10, 32); err == nil {
		short := uint32(number)
		account, err := user.LookupId(name)
		if err != nil {
			return &short, nil, nil // one that has no entry has no groups
		}
		name = account.Username
	}
	account, err := user.Lookup(name)
	if unknown := user.UnknownUserError(""); errors.As(err, &unknown) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("look up user %s: %w", name, err)
	}
	number, err := strconv.ParseUint(account.Uid, 10, 32)
	if err != nil {
		return nil, nil, fmt.Errorf("look up user %s: %w", name, err)
	}
	short := uint32(number)
	names, err := account.GroupIds()
	if err != nil {
		return &short, nil, fmt.Errorf("look up the groups of user %s: %w", name, err)
	}
	for _, name := range names {
		if number, err := strconv.ParseUint(name, 10, 32); err == nil {
			groups = append(groups, uint32(number))
		}
	}
	return &short, groups, nil
}

// groupOf gives the number of a group, named or numbered; nil without an error
// where there is none.
func groupOf(name string) (*uint32, error) {
	gid := name
	if _, err := strconv.ParseUint(name, 10, 32); err != nil {
		group, err := user.LookupGroup(name)
		if unknown := user.UnknownGroupError(""); errors.As(err, &unknown) {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("look up group %s: %w", name, err)
		}
		gid = group.Gid
	}
	number, err := strconv.ParseUint(gid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("look up group %s: %w", name, err)
	}
	short := uint32(number)
	return &short, nil
}
